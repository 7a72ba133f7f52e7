-- answers: The region code that a record gives, or else, where it names no region, the community that its house code says:
-- the first 12 of its 19 or 25 digits.
-- grain: one value
create or replace macro told_code(region_code, region_name, house_code) as
coalesce(
    region_code,
    case when region_name is null and length(house_code) in (19, 25) then left(house_code, 12) end
);
