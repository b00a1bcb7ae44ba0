-- The bot no longer looks for messages that may have gone out.

CREATE TABLE done (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
INSERT INTO done SELECT bot_id, update_id, at FROM updates WHERE is_done;
DROP TABLE updates;
ALTER TABLE done RENAME TO updates;
CREATE INDEX updates_at ON updates (at);
DROP TABLE IF EXISTS suspects;
