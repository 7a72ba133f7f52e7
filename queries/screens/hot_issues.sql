-- answers: The hot issues themselves: places (one square) and matters (one minor class in one square) with at least so
-- many petitions in the window before the end of a period; the numbers are the rules hot_days, hot_metres, hot_cases
-- and hot_matter_cases of the store.
-- params: level text, boundaries date, until date, now timestamp, categories text[]
-- returns: issue varchar, region_id bigint, code varchar, name varchar, category varchar, subcategory varchar, cases bigint, open_cases bigint, first_at timestamp, last_at timestamp, x double, y double, petitions varchar[]
-- grain: one row per issue and cell; issue: place | matter; x, y are the middle of the square in metres
-- order: cases desc, issue, code, category, subcategory, x, y
with recent as (
    select *
    from petition_recent($level, $boundaries, $until, $now, $categories)
    where square_x is not null
),
issues as (
    select
        'place' as issue, region_id, square_x, square_y, null as category, null as subcategory,
        count(*) as cases, count(*) filter (still_open) as open_cases,
        min(received_at) as first_at, max(received_at) as last_at,
        list(petition_no order by received_at, petition_no) as petitions
    from recent
    group by region_id, square_x, square_y
    having count(*) >= store_number('hot_cases', 5)
    union all
    select
        'matter', region_id, square_x, square_y, category, subcategory,
        count(*), count(*) filter (still_open),
        min(received_at), max(received_at),
        list(petition_no order by received_at, petition_no)
    from recent
    where subcategory is not null
    group by region_id, square_x, square_y, category, subcategory
    having count(*) >= store_number('hot_matter_cases', 3)
),
named as (
    select region_id, code, name
    from cells($level, coalesce($boundaries::date, $now::date), coalesce($boundaries::date, $now::date))
)
select
    issues.issue,
    issues.region_id,
    named.code,
    named.name,
    issues.category,
    issues.subcategory,
    issues.cases,
    issues.open_cases,
    issues.first_at,
    issues.last_at,
    (issues.square_x + 0.5) * store_number('hot_metres', 100) as x,
    (issues.square_y + 0.5) * store_number('hot_metres', 100) as y,
    issues.petitions
from issues
left join named on named.region_id = issues.region_id
order by cases desc, issue, code, category, subcategory, x, y;
