-- The hours of offices, and the freezes that have not ended (windows.parse_times).
SELECT (SELECT coalesce(json_agg(json_build_array(
            id, environment_id, weekdays, opens, closes)), '[]')
        FROM adminmoves_executionwindow) AS hours,
       (SELECT coalesce(json_agg(json_build_array(
            id, name, environment_id, starts_at, ends_at)), '[]')
        FROM adminmoves_freeze
        WHERE ends_at IS NULL OR ends_at > statement_timestamp()) AS freezes
