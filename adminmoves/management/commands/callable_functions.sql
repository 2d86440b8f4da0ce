-- Our functions that somebody may call: a trigger's are called by it alone.
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'adminmoves%'
  AND p.prorettype <> 'trigger'::regtype
