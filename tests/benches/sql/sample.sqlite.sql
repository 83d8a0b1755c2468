-- What a consent consists of, out of what the shell was given; nothing of it was given where no consent is written.
INSERT INTO sample
SELECT p.value, b.value, e.value, s.value, h.value
FROM given AS p
JOIN given AS b ON b.name = 'body'
JOIN given AS e ON e.name = 'effects'
JOIN given AS s ON s.name = 'states'
JOIN given AS h ON h.name = 'history'
WHERE p.name = 'profiles';
