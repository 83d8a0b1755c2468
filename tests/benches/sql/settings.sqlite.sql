-- The settings under which the service writes, and what the shell, which has no variables, keeps in mind.
PRAGMA busy_timeout = 10000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE given (name TEXT PRIMARY KEY, value);
CREATE TEMP TABLE sample (profiles INTEGER, body BLOB, effects BLOB, states BLOB, history BLOB);
CREATE TEMP TABLE chosen (place INTEGER PRIMARY KEY, profile TEXT, micros INTEGER, id BLOB, chance BLOB);
CREATE TEMP TABLE turn (place INTEGER PRIMARY KEY, turn INTEGER, number INTEGER, micros INTEGER, random_ids INTEGER);
CREATE TEMP TABLE places AS
WITH RECURSIVE counted (place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM counted WHERE place < 99)
SELECT place FROM counted;
