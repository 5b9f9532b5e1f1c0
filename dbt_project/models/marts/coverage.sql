-- Grain: one row per body, listed body or region's government never seen, and report year expected.
{{
    config(
        materialized='view',
        pre_hook="use mart",
        post_hook="use " ~ target.database,
    )
}}

with expected as (select * from {{ ref('fct_expected_reports').include(database=false) }}),

as_of as (
    select {{ as_of(ref('dim_report').include(database=false)) }} as as_of
)

select
    expected.authority_key,
    expected.authority_zh,
    expected.region_code,
    expected.authority_class,
    expected.report_year,
    {{ coverage_status() }} as coverage_status,
    expected.report_key,
    expected.published_on,
    expected.captured_on,
    expected.deadline,
    cast(expected.published_on - expected.deadline as bigint) as days_late,
    as_of.as_of
from expected
cross join as_of
