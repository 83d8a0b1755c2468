-- put_key_mark
INSERT INTO key_mark (only_row, mark) VALUES (1, ?1)
ON CONFLICT (only_row) DO NOTHING
