-- Grain: one row per body, its first report year after a succession, and body that it followed.
with reports as (
    select distinct
        authority_key,
        authority_zh,
        region_code
    from {{ ref('int_reports') }}
    where region_code is not null
),

regions as (select * from {{ ref('regions') }}),

succession as (
    select * from {{ ref('region_succession') }}
    where succession_kind <> 'split'
),

-- What a body is called without its region: a body follows the one of the same office in the
-- region before. A body that keeps its name has had several codes.
offices as (
    select
        reports.authority_key,
        reports.region_code,
        split_part(reports.authority_zh, regions.region_zh, -1) as office,
        min(coalesce(regions.valid_from, 0)) as named_from,
        max(coalesce(regions.valid_from, 0)) as last_named_from
    from reports
    inner join regions on reports.region_code = regions.region_code
    where contains(reports.authority_zh, regions.region_zh)
    group by all
)

select
    successors.authority_key,
    cast(succession.first_report_year as bigint) as report_year,
    predecessors.authority_key as predecessor_key,
    succession.predecessor_code,
    succession.succession_kind
from succession
inner join offices as successors on succession.successor_code = successors.region_code
left join offices as predecessors
    on
        succession.predecessor_code = predecessors.region_code
        and successors.office = predecessors.office
where
    succession.predecessor_code <> succession.successor_code
    -- Where the code stays, the body that follows is the one that bears the new name.
    or (
        predecessors.authority_key is distinct from successors.authority_key
        and successors.last_named_from >= succession.first_report_year
    )
union
-- Where others are merged into a region that keeps code and name, its body follows itself too.
select
    successors.authority_key,
    cast(succession.first_report_year as bigint) as report_year,
    successors.authority_key as predecessor_key,
    succession.successor_code as predecessor_code,
    succession.succession_kind
from succession
inner join offices as successors on succession.successor_code = successors.region_code
where
    succession.succession_kind = 'merger'
    and succession.first_report_year > successors.named_from
