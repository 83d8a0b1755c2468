-- open_import
INSERT INTO import (
    tenant, import_id, header_hash, chunk, line, begun_hash, begun_report, totals, started_at, touched_at
)
VALUES (?1, ?2, ?3, 0, 0, ?4, ?4, ?4, ?5, ?5)
ON CONFLICT DO NOTHING
