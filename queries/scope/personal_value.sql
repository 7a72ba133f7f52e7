-- answers: The sealed values of a scope: of the people in charge of its regions, and of its records.
-- params: none
-- returns: none
-- grain: one row per record and field
-- order: none
create or replace temp view personal_value as
select *
from g.personal_value
where (record_kind = 'responsibility' and record_key in (
        select person_no
        from g.responsibility
        where region_code in (
            select version.code
            from g.region_version as version
            join own_region as own
              on own.region_id = version.region_id
             and own.valid_from < version.valid_to
             and version.valid_from < own.valid_to
        )
    ))
   or (record_kind = 'petition' and record_key in (
        select petition_no
        from g.petition
        where petition_id in (select record_id from own_record where record_kind = 'petition')
    ))
   or (record_kind, record_key) in (
        select (record_kind, record_key)
        from g.record
        where (record_kind, record_id) in (select (record_kind, record_id) from own_record)
    );
