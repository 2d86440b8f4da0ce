-- A person and the lenders of their loans: who changes their rights waits.
SELECT FROM auth_user
WHERE id = %(person)s OR id IN (
    SELECT lender_id FROM adminmoves_approvalloan
    WHERE borrower_id = %(person)s AND ends_at > statement_timestamp())
ORDER BY id FOR SHARE
