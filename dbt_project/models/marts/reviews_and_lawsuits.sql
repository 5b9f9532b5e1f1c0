-- Grain: one row per body, report year and channel of a passed table.
with cases as (
    select * from {{ ref('fct_reviews_and_lawsuits') }}
    where status in ('passed', 'accepted')
),

authorities as (select * from {{ ref('dim_authority') }}),

channels as (select * from {{ ref('dim_channel') }}),

summed as (
    select
        authority_key,
        report_year,
        channel,
        {%- for result in form_data().codes.result if result != "unspecified" %}
        sum(cases) filter (where result = '{{ result }}') as {{ result }},
        {%- endfor %}
        {{ whole_sum('cases', 'result', form_data().codes.result) }} as cases
    from cases
    group by authority_key, report_year, channel
),

guarded as (
    select
        *,
        cases - pending as closed_cases,
        cases - pending < {{ var('small_n') }} as is_small_n
    from summed
)

select
    guarded.authority_key,
    authorities.authority_zh,
    guarded.report_year,
    guarded.channel,
    channels.channel_kind,
    channels.channel_zh,
    channels.channel_en,
    {%- for result in form_data().codes.result if result != "unspecified" %}
    cast(guarded.{{ result }} as bigint) as {{ result }},
    {%- endfor %}
    cast(guarded.cases as bigint) as cases,
    cast(guarded.closed_cases as bigint) as closed_cases,
    guarded.is_small_n,
    {{ guarded_rate('guarded.upheld', 'guarded.closed_cases', 'guarded.is_small_n') }}
        as upheld_rate,
    {{ guarded_rate('guarded.corrected', 'guarded.closed_cases', 'guarded.is_small_n') }}
        as corrected_rate
from guarded
inner join authorities on guarded.authority_key = authorities.authority_key
inner join channels on guarded.channel = channels.channel
