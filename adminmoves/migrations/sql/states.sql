-- The sets of states that guards ask for, as adminmoves.vocabulary has them: OPEN_STATES and
-- ENDED_STATES. Without a search_path, as adminmoves_code_key, and for the same reason.
CREATE FUNCTION adminmoves_is_open(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN state IN (
    'AWAITING_BOOKKEEPING', 'AWAITING_APPROVAL', 'APPROVED', 'RUNNING', 'IN_DOUBT', 'FAILED',
    'STOPPED');

CREATE FUNCTION adminmoves_is_ended(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN state IN ('COMPLETED', 'REJECTED', 'WITHDRAWN');
