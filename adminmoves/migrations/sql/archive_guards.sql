-- A closed administration receives no documents: the run counts what is there.
CREATE FUNCTION adminmoves_guard_new_document() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION adminmoves_guard_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM was FULL JOIN fresh USING (id)
        WHERE (was.administration_id, was.size, was.sha256, was.received_at)
              IS DISTINCT FROM
              (fresh.administration_id, fresh.size, fresh.sha256, fresh.received_at)) THEN
        PERFORM adminmoves_refuse('a document stays what it is', 'document_frozen');
    END IF;
    IF EXISTS (
        SELECT FROM was JOIN fresh USING (id)
        WHERE was.storage_key <> fresh.storage_key
          AND NOT EXISTS (
            SELECT FROM adminmoves_documentcopy c
            JOIN adminmoves_move m ON m.id = c.move_id
            JOIN adminmoves_attempt a ON a.move_id = m.id AND a.ended_at IS NULL
            WHERE c.document_id = fresh.id
              AND (c.storage_key, c.size, c.sha256)
                  = (fresh.storage_key, fresh.size, fresh.sha256)
              AND m.administration_id = fresh.administration_id
              AND m.state = 'RUNNING'
              AND a.token::text = current_setting('portal.lease', true)
              AND a.lease_until > clock_timestamp())) THEN
        PERFORM adminmoves_refuse(
            'a file changes place only by a running move', 'document_place_guard');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER UPDATE ON adminmoves_document
    REFERENCING OLD TABLE AS was NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_guard_document();

-- No file is listed for removal while a document refers to it.
CREATE FUNCTION adminmoves_guard_leftover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN adminmoves_document d USING (storage_key)) THEN
        PERFORM adminmoves_refuse('a document refers to this file', 'leftover_in_use');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_new AFTER INSERT ON adminmoves_leftover
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION adminmoves_guard_leftover();
