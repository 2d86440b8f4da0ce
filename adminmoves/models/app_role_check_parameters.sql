-- Follows on app_role_check.sql, for a server that has rights on parameters.
UNION ALL
SELECT 'parameter', p.parname
FROM me, pg_catalog.pg_parameter_acl p
CROSS JOIN LATERAL pg_catalog.aclexplode(p.paracl) AS acl
WHERE acl.grantee IN (0, me.oid)
