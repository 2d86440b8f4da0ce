-- A closed administration receives no documents: the run counts what is there.
CREATE FUNCTION adminmoves_guard_new_document() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM adminmoves_administration
        WHERE id IN (SELECT administration_id FROM fresh) FOR SHARE;
    IF EXISTS (SELECT FROM adminmoves_administration a
               WHERE a.id IN (SELECT administration_id FROM fresh)
                 AND a.closed_by_id IS NOT NULL) THEN
        PERFORM adminmoves_refuse('the administration is closed for a move', 'archive_closed');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_new AFTER INSERT ON adminmoves_document
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_guard_new_document();

-- What a document is never changes. Where its file lies changes only to the checked copy
-- that a running move made of it, and only by the worker that holds its lease.
-- Who holds the lease is looked up once for a whole archive, and each document's copy
-- by its key: a plan that is made for one document serves a million as well.
CREATE FUNCTION adminmoves_guard_document() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
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
CREATE TRIGGER guard AFTER UPDATE ON adminmoves_document
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_guard_document();

-- No file is listed for removal while a document refers to it.
CREATE FUNCTION adminmoves_guard_leftover() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN adminmoves_document d USING (storage_key)) THEN
        PERFORM adminmoves_refuse('a document refers to this file', 'leftover_in_use');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_new AFTER INSERT ON adminmoves_leftover
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_guard_leftover();
