CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(words, who, content='', tokenize='unicode61 remove_diacritics 2');
INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1);
