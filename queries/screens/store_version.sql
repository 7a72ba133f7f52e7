-- answers: A text that changes whenever anything in the store does: last changeset, last import, settings.
-- params: none
-- returns: version varchar
-- grain: one row
-- order: none
select concat_ws(
    '.',
    (select coalesce(max(cs), 0) from changeset),
    (select coalesce(max(import_id), 0) from import),
    (select coalesce(md5(string_agg(key || '=' || value, ';' order by key)), '') from store_setting)
) as version;
