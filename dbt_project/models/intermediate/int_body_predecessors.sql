-- Grain: one row per body, its first report year after a succession, and body that it followed.
with authorities as (
    select * from {{ ref('dim_authority') }}
    where region_code is not null
),

regions as (select * from {{ ref('regions') }}),

succession as (
    select * from {{ ref('region_succession') }}
    where succession_kind <> 'split'
),

-- What a body is called without its region: a body follows the one of the same office in the
-- region before.
offices as (
    select distinct
        authorities.authority_key,
        authorities.region_code,
        split_part(authorities.authority_zh, regions.region_zh, -1) as office
    from authorities
    inner join regions on authorities.region_code = regions.region_code
    where contains(authorities.authority_zh, regions.region_zh)
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
where predecessors.authority_key is distinct from successors.authority_key
