-- What the package of a connection has: a country site, a base address. As
-- estate.matching.refused_connection asks it; looked at where one of these is new, because a
-- connection in use cannot be put right any more.
CREATE FUNCTION adminmoves_guard_connection_facts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.package, OLD.country, OLD.base_url, OLD.demand)
       IS NOT DISTINCT FROM (NEW.package, NEW.country, NEW.base_url, NEW.demand) THEN
        RETURN NEW;
    END IF;
    IF NEW.country <> '' AND NEW.package <> 'EXACT_ONLINE' THEN
        PERFORM adminmoves_refuse('only Exact Online has country sites', 'connection_country');
    END IF;
    IF NEW.country NOT IN ('', 'BE', 'DE', 'ES', 'FR', 'NL', 'UK') THEN
        PERFORM adminmoves_refuse(
            'Exact Online has no site of this country', 'connection_country_known');
    END IF;
    IF NEW.base_url <> '' AND NEW.package <> 'UNIT4' THEN
        PERFORM adminmoves_refuse(
            'only Multivers has a base address', 'connection_base_url');
    END IF;
    IF NEW.base_url <> '' AND NEW.base_url !~*
       '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9_-]+){0,3}/?$' THEN
        PERFORM adminmoves_refuse(
            'no base address of an API', 'connection_base_url_shape');
    END IF;
    IF NEW.base_url = '' AND NEW.package = 'UNIT4' AND NEW.demand = 'API' THEN
        PERFORM adminmoves_refuse(
            'Multivers cannot be asked without a base address', 'connection_needs_base_url');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_facts BEFORE INSERT OR UPDATE OF package, country, base_url, demand
    ON adminmoves_bookkeepingconnection FOR EACH ROW
    EXECUTE FUNCTION adminmoves_guard_connection_facts();
