-- The hours of offices, and the freezes that have not ended (windows.parse_times).
SELECT (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT id, environment_id AS office, weekdays, opens, closes
              FROM adminmoves_executionwindow) AS item) AS hours,
       (SELECT coalesce(json_agg(item), '[]')
        FROM (SELECT id, name, environment_id AS office, starts_at, ends_at
              FROM adminmoves_freeze
              WHERE ends_at IS NULL OR ends_at > statement_timestamp()) AS item) AS freezes
