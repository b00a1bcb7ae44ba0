-- Pictures are no longer sent by Telegram's ids of them.

DROP TABLE files;
