-- Grain: one row per report: its prose against its tables, and the indicators of 2008-2018.
{%- set conditions = {} %}
{%- set of_kinds = rules_of('prose') | selectattr('claim_kinds') | list %}
{%- set sums = rules_of('prose') | selectattr('parameters.parts') | list %}
{%- set kinds = {} %}
{%- for rule in of_kinds %}
{%- do kinds.update({rule.id: "kind in ('" ~ rule.claim_kinds | join("', '") ~ "')"}) %}
{%- set stated, agreeing = rule.id ~ "_stated", rule.id ~ "_agreeing" %}
{%- set against = rule.id ~ "_against" %}
{%- do conditions.update({rule.id: {
    "applies": stated ~ " > 0",
    "holds": "case when " ~ against ~ " > 0 then false when "
        ~ agreeing ~ " = " ~ stated ~ " then true end",
    "observed": words('claims_disagree', {"against": against, "stated": stated}),
    "expected": words('disagree', {"count": 0}),
    "detail": rule.id ~ "_told",
    "reason": "'no term of ' || (" ~ stated ~ " - " ~ agreeing ~ ") || ' claims is at hand'",
}}) %}
{%- endfor %}
{%- for rule in sums %}
{%- set total, parts, named = rule.id ~ "_total", rule.id ~ "_sum", rule.id ~ "_parts" %}
{%- set operator = "=" if rule.id in ("legacy_channels_sum", "legacy_replies_sum") else "<=" %}
{%- do conditions.update({rule.id: {
    "applies": "coalesce(" ~ total ~ ", " ~ parts ~ ") is not null",
    "holds": "case when " ~ named ~ " >= " ~ (2 if operator == "=" else 1)
        ~ " then " ~ parts ~ " " ~ operator ~ " " ~ total ~ " end",
    "observed": "cast(" ~ parts ~ " as bigint)",
    "expected": "'" ~ operator ~ " ' || cast(" ~ total ~ " as bigint)",
    "reason": "'too few parts, or no total, is printed'",
}}) %}
{%- endfor %}
{%- do conditions.update({"claims_assessed": {
    "applies": "stated > 0",
    "holds": "100 * assessed >= " ~ parameter('claims_assessed', 'percent') ~ " * stated",
    "observed": words('claims_assessed', {"assessed": "assessed", "stated": "stated"}),
    "expected": "'" ~ parameter('claims_assessed', 'percent') ~ " %'",
}}) %}
with reports as (
    select
        report_key,
        authority_key,
        report_year
    from {{ ref('stg_reports') }}
    where not is_leftover
),

claims as (
    select
        *,
        claim_id || ' ' || kind || ' ' || value as words
    from {{ ref('stg_claims') }}
    where not is_leftover
),

counted as (
    select
        report_key,
        {%- for rule, is_of_kind in kinds.items() %}
        count(*) filter (where {{ is_of_kind }}) as {{ rule }}_stated,
        count(*) filter (where agrees and {{ is_of_kind }}) as {{ rule }}_agreeing,
        count(*) filter (where not agrees and {{ is_of_kind }}) as {{ rule }}_against,
        {%- endfor %}
        count(*) as stated,
        count(agrees) as assessed
    from claims
    group by report_key
),

-- Apart, for few claims disagree: to order what a filter drops costs as much as to order the rest.
told as (
    select
        report_key,
        {%- for rule, is_of_kind in kinds.items() %}
        string_agg(words, ', ' order by claim_id) filter (where {{ is_of_kind }}) as {{ rule }}_told
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from claims
    where not agrees
    group by report_key
),

-- The first printed figure of an indicator counts, as it does for the claims.
indicators as (
    select
        report_key,
        indicator,
        arg_min(value_decimal, position) as figure
    from {{ ref('stg_legacy_indicators') }}
    where period = 'year' and indicator is not null and not is_leftover
    group by report_key, indicator
),

legacy as (
    select
        report_key,
        {%- for rule in sums %}
        {%- set is_part = "indicator in ('" ~ rule.parameters.parts | join("', '") ~ "')" %}
        max(figure) filter (where indicator = '{{ rule.parameters.total }}') as {{ rule.id }}_total,
        sum(figure) filter (where {{ is_part }}) as {{ rule.id }}_sum,
        count(figure) filter (where {{ is_part }}) as {{ rule.id }}_parts
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from indicators
    group by report_key
),

joined as (
    select
        reports.*,
        counted.* exclude (counted.report_key),
        told.* exclude (told.report_key),
        legacy.* exclude (legacy.report_key)
    from reports
    left join counted on reports.report_key = counted.report_key
    left join told on reports.report_key = told.report_key
    left join legacy on reports.report_key = legacy.report_key
),

{{ judged_rules('prose', conditions, 'joined') }}
