-- Each person, and the last event that wrote a fact of theirs.
WITH now AS (
    SELECT u.id::text AS stream_id, u.last_login, jsonb_build_object(
        'username', u.username,
        'name', trim(u.first_name || ' ' || u.last_name),
        'role', coalesce((SELECT min(g.name) FROM auth_user_groups ug
                          JOIN auth_group g ON g.id = ug.group_id
                          WHERE ug.user_id = u.id), ''),
        'active', u.is_active) AS facts
    FROM auth_user u
), last AS (
    SELECT DISTINCT ON (e.stream_id, fact.key) e.stream_id, fact.key AS name,
           fact.value, e.id
    FROM adminmoves_event e CROSS JOIN LATERAL jsonb_each(e.params -> 'after') AS fact
    WHERE e.stream = 'person' AND e.code = 'PERSON_CHANGED'
      AND jsonb_typeof(e.params -> 'after') = 'object'
    ORDER BY e.stream_id, fact.key, e.position DESC
)
SELECT 'fact ' || last.name AS kind, 'auth_user' AS "table", now.stream_id AS "row",
       last.id AS event_id
FROM now JOIN last USING (stream_id)
WHERE now.facts ? last.name AND now.facts -> last.name <> last.value
UNION ALL
SELECT 'fact ' || fact.key, 'auth_user', now.stream_id, made.id
FROM now JOIN adminmoves_event made
    ON made.stream = 'person' AND made.stream_id = now.stream_id
    AND made.code = 'PERSON_CHANGED' AND made.params -> 'before' = '{}'
CROSS JOIN LATERAL jsonb_each_text(now.facts) AS fact
WHERE fact.value NOT IN ('', 'false')
  AND NOT EXISTS (SELECT FROM last
                  WHERE last.stream_id = now.stream_id AND last.name = fact.key)
UNION ALL
SELECT 'subject_untold', 'auth_user', now.stream_id, NULL
FROM now
WHERE NOT EXISTS (SELECT FROM adminmoves_streamhead h
                  WHERE h.stream = 'person' AND h.stream_id = now.stream_id)
UNION ALL
SELECT 'sign_in', 'auth_user', now.stream_id, NULL
FROM now
WHERE now.last_login IS NOT NULL AND NOT EXISTS (
    SELECT FROM adminmoves_event e
    WHERE e.stream = 'person' AND e.stream_id = now.stream_id AND e.code = 'SIGNED_IN'
      AND abs(extract(epoch FROM e.at - now.last_login)) <= %(slack)s)
UNION ALL
SELECT 'actor_unknown', 'auth_user', e.actor_id::text, min(e.id)
FROM adminmoves_event e
WHERE e.actor_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM auth_user u WHERE u.id = e.actor_id)
GROUP BY e.actor_id
