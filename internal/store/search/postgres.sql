CREATE TABLE search_text (id BIGINT PRIMARY KEY, lexemes tsvector NOT NULL);
CREATE INDEX search_text_lexemes ON search_text USING gin (lexemes);
