-- answers: Conflicts between the named and the geometric community: petitions with a point that name another region of the
-- level than the one the point lies in. The point counts.
-- params: now timestamp, level text, most bigint
-- returns: record_kind varchar, record_no varchar, detail varchar, code varchar, name varchar, total bigint, checked bigint
-- grain: one row per petition, at most so many; code and name are of the region the point lies in
-- order: record_no
with latest as (
    select
        region_id,
        arg_max(code, valid_from) as code,
        arg_max(name, valid_from) as name
    from believed()
    where level = $level
      and kind <> 'unassigned'
    group by region_id
),
known as (
    select distinct regexp_replace(name, '(社区居民委员会|居民委员会|社区居委会|社区工作站|居委会|社区|街道办事处|街道|街区)$', '') as plain
    from latest
),
compared as (
    select
        petition.petition_no,
        petition.region_name,
        latest.code,
        latest.name,
        regexp_replace(petition.region_name, '(社区居民委员会|居民委员会|社区居委会|社区工作站|居委会|社区|街道办事处|街道|街区)$', '') as says,
        regexp_replace(latest.name, '(社区居民委员会|居民委员会|社区居委会|社区工作站|居委会|社区|街道办事处|街道|街区)$', '') as lies
    from petition_placed($level, null) as petition
    join latest on latest.region_id = petition.region_id
    where petition.placed_by = 'point'
      and petition.region_name is not null
      and petition.received_at <= $now::timestamp
),
sized as (
    select count(*) as checked
    from compared
    where says in (select plain from known)
)
select
    'petition' as record_kind,
    petition_no as record_no,
    region_name as detail,
    code,
    name,
    count(*) over () as total,
    sized.checked
from compared
cross join sized
where says <> lies
  and says in (select plain from known)
order by record_no
limit $most;
