-- Who holds the lease is looked up once for a whole archive, and each document's copy
-- by its key: a plan that is made for one document serves a million as well.
CREATE OR REPLACE FUNCTION adminmoves_guard_document() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    run record;
    found record;
BEGIN
    SELECT m.id AS move_id, m.administration_id INTO run
    FROM adminmoves_attempt a JOIN adminmoves_move m ON m.id = a.move_id
    WHERE a.ended_at IS NULL
      AND a.token::text = current_setting('portal.lease', true)
      AND a.lease_until > clock_timestamp()
      AND m.state = 'RUNNING';
    -- A full join is never a loop within a loop.
    SELECT
        coalesce(bool_or(
            (was.administration_id, was.size, was.sha256, was.received_at)
            IS DISTINCT FROM
            (fresh.administration_id, fresh.size, fresh.sha256, fresh.received_at)
        ), false) AS changed,
        coalesce(bool_or(
            was.storage_key <> fresh.storage_key
            AND ((fresh.administration_id, fresh.storage_key, fresh.size, fresh.sha256)
                = (SELECT run.administration_id, c.storage_key, c.size, c.sha256
                   FROM adminmoves_documentcopy c
                   WHERE c.move_id = run.move_id AND c.document_id = fresh.id)
            ) IS NOT TRUE
        ), false) AS strayed
    INTO found FROM was FULL JOIN fresh USING (id);
    IF found.changed THEN
        PERFORM adminmoves_refuse('a document stays what it is', 'document_frozen');
    END IF;
    IF found.strayed THEN
        PERFORM adminmoves_refuse(
            'a file changes place only by a running move', 'document_place_guard');
    END IF;
    RETURN NULL;
END $$;
