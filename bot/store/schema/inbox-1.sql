CREATE TABLE waiting (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
CREATE TABLE done (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
CREATE INDEX done_at ON done (at);
