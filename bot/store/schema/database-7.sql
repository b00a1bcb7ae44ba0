-- The schema of version 0.1.0.

CREATE TABLE groups (
    chat_id INTEGER PRIMARY KEY,
    overhears INTEGER NOT NULL DEFAULT 0,
    greeted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE files (key TEXT PRIMARY KEY, file_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE updates (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL,
    is_done INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
CREATE TABLE deferred (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL,
    body TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) WITHOUT ROWID;
CREATE INDEX deferred_at ON deferred (at);
CREATE TABLE messages (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) WITHOUT ROWID;
CREATE INDEX messages_at ON messages (at);
CREATE TABLE answers (
    chat_id INTEGER NOT NULL, question_id INTEGER NOT NULL, answer_id INTEGER NOT NULL,
    entry TEXT, asker BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (chat_id, question_id)
) WITHOUT ROWID;
CREATE INDEX answers_answer ON answers (chat_id, answer_id);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE counts (
    day INTEGER NOT NULL, what TEXT NOT NULL, entry TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (day, what, entry)
) WITHOUT ROWID;
CREATE TABLE questions (
    gist TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL, entry TEXT NOT NULL,
    day INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (gist, text, status, entry, day)
) WITHOUT ROWID;
CREATE TABLE ballots (
    answer BLOB NOT NULL, voter BLOB NOT NULL, is_good INTEGER NOT NULL, entry TEXT NOT NULL,
    text TEXT NOT NULL, cast_on INTEGER NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (answer, voter)
) WITHOUT ROWID;
CREATE TABLE secrets (day INTEGER PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID;
