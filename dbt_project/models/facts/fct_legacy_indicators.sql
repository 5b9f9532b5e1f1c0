-- Grain: one row per report and position of the indicator in it; one report per body and year.
with reports as (
    select * from {{ ref('int_reports') }}
    where is_current
),

legacy_indicators as (
    select * from {{ ref('stg_legacy_indicators') }}
    where not is_leftover
),

indicators as (select * from {{ ref('legacy_indicators') }})

select
    reports.report_key,
    reports.authority_key,
    reports.report_year,
    legacy_indicators.position,
    legacy_indicators.label,
    legacy_indicators.indicator,
    legacy_indicators.period,
    legacy_indicators.value_decimal as value,
    legacy_indicators.unit,
    legacy_indicators.value as value_printed,
    legacy_indicators.variant,
    indicators.comparable_category as outcome_category,
    coalesce(legacy_indicators.state, 'printed') as state,
    indicators.comparable_category is not null as is_comparable
from legacy_indicators
inner join reports on legacy_indicators.report_key = reports.report_key
left join indicators on legacy_indicators.indicator = indicators.indicator
-- Several are current where each has one of the body-year's tables; a reader's sum counts one.
qualify reports.preference = min(reports.preference) over (
    partition by reports.authority_key, reports.report_year
)
