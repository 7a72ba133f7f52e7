-- answers: Where the service centres (党群服务中心) are that were open on a day.
-- params: on_day date
-- returns: x double, y double
-- grain: one row per centre with a point
-- order: x, y
select site.x, site.y
from facility
join record_site() as site on site.record_kind = 'facility' and site.record_id = facility.record_id
where facility.kind = 'service_center'
  and facility.opened_on <= $on_day
  and $on_day < facility.closed_on
  and site.x is not null
order by site.x, site.y;
