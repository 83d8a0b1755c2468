-- read_key_mark
SELECT mark FROM key_mark WHERE only_row = 1
