-- answers: All accounts with the rights they have or had, without their hashes.
-- params: none
-- returns: account varchar, title varchar, disabled boolean, has_password boolean, role varchar, region varchar, valid_from date, valid_to date, given_by varchar
-- grain: one row per account and right; one with empty role for an account without
-- order: account, role, region, valid_from
with latest as (
    select region_id, code || ' ' || name as title
    from region_version
    where tx_to = timestamp '9999-12-31'
    qualify row_number() over (partition by region_id order by valid_to desc) = 1
)
select
    account.account,
    account.title,
    account.disabled,
    account.password_hash is not null as has_password,
    account_right.role,
    case when account_right.region_id = 0 then 'everything' else latest.title end as region,
    account_right.valid_from,
    account_right.valid_to,
    account_right.given_by
from account
left join account_right using (account)
left join latest using (region_id)
order by account, role, region, valid_from;
