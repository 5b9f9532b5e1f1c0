-- Grain: one row per body, report year before the statutory form and class of replies.
{{
    config(
        materialized='view',
        pre_hook="use mart",
        post_hook="use " ~ target.database,
    )
}}

with indicators as (
    select * from {{ ref('fct_legacy_indicators').include(database=false) }}
    where period = 'year'
),

authorities as (select * from {{ ref('dim_authority').include(database=false) }}),

labels as (select * from {{ ref('dim_legacy_indicator').include(database=false) }}),

categories as (
    select distinct
        outcome_category,
        outcome_category_zh,
        outcome_category_en
    from {{ ref('dim_outcome').include(database=false) }}
),

replies as (
    select
        report_key,
        max(value) as replies_total
    from indicators
    where indicator = 'replies_total'
    group by report_key
    having count(distinct value) = 1
),

printed as (
    select
        indicators.*,
        row_number() over (
            partition by indicators.report_key, indicators.indicator
            order by indicators.value is null asc, indicators.position asc
        ) as occurrence,
        -- What is printed as two figures is none.
        min(indicators.value) over same_indicator = max(indicators.value) over same_indicator
            as is_one_figure
    from indicators
    window same_indicator as (partition by indicators.report_key, indicators.indicator)
)

select
    printed.report_key,
    printed.authority_key,
    authorities.authority_zh,
    printed.report_year,
    printed.indicator,
    labels.indicator_zh,
    labels.indicator_en,
    printed.label,
    printed.outcome_category,
    categories.outcome_category_zh,
    categories.outcome_category_en,
    printed.is_comparable,
    printed.state,
    cast(if(printed.is_one_figure, printed.value, null) as bigint) as applications,
    cast(replies.replies_total as bigint) as replies_total,
    cast(if(printed.is_one_figure, printed.value, null) as double)
    / nullif(cast(replies.replies_total as double), 0) as share_of_replies
from printed
inner join authorities on printed.authority_key = authorities.authority_key
inner join labels on printed.indicator = labels.indicator
left join categories on printed.outcome_category = categories.outcome_category
left join replies on printed.report_key = replies.report_key
where labels.is_reply and printed.occurrence = 1
