-- The votes on the bot's messages are found with the answers that they were.

DROP TABLE messages;
