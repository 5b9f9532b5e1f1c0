-- Grain: one row per report: what last year's report of the body leaves to this one's.
{%- set tables = "reviews_and_lawsuits__" %}
{%- set review = columns_of_rule('cases_after_review') %}
{%- set concluded = review[1:] %}
{%- set cases = columns_of_rule('cases_plausible') %}
{%- set pending, chains = [], [] %}
{%- for channel in form_data().codes.channel %}
{%- set cell = tables ~ channel %}
{%- do pending.append([
    cell ~ "__total < last__" ~ cell ~ "__pending",
    words('pending_then', {
        "channel": as_text(channel),
        "before": "last__" ~ cell ~ "__pending",
        "now": cell ~ "__total",
    }),
]) %}
{%- endfor %}
{%- for change in columns_of_rule('disclosure_item_chain') if change.endswith("__change") %}
{%- set start = change | replace("__change", "__prior_year_items") %}
{%- do chains.append([
    start ~ " <> last__" ~ start ~ " + last__" ~ change,
    words('changed_then', {
        "cell": as_text(start),
        "before": "last__" ~ start ~ " || printf('%+d', last__" ~ change ~ ")",
        "now": start,
    }),
]) %}
{%- endfor %}
{%- set factor = parameter('cases_plausible', 'factor') %}
{%- set conditions = {
    "cases_after_review": {
        "applies": "is_current and has_reviews_and_lawsuits",
        "holds": review[0] ~ " <= concluded or " ~ review[0]
            ~ " <= concluded + last_concluded + earlier_concluded",
        "observed": review[0],
        "expected": words('at_most', {"count": "concluded + last_concluded + earlier_concluded"}),
        "reason": "'reviews of earlier years are not on file'",
    },
    "cases_plausible": {
        "applies": "is_current and has_reviews_and_lawsuits",
        "holds": "cases < " ~ parameter('cases_plausible', 'least')
            ~ " or cases <= " ~ factor ~ " * " ~ cases[0]
            ~ " or cases <= " ~ factor ~ " * (" ~ cases[0] ~ " + last__" ~ cases[0] ~ ")",
        "observed": words('cases', {"count": "cases"}),
        "expected": words(
            'at_most', {"count": factor ~ " * (" ~ cases[0] ~ " + last__" ~ cases[0] ~ ")"}
        ),
        "reason": "'what was decided in this or last year is not on file'",
    },
    "cases_pending_again": {
        "applies": "is_current and has_reviews_and_lawsuits",
        "holds": none_of(pending | map(attribute=0) | list),
        "observed": told(pending),
        "reason": "'no figure of last year'",
    },
    "disclosure_item_chain": {
        "applies": "is_current and disclosure_version = '2019'",
        "holds": none_of(chains | map(attribute=0) | list),
        "observed": told(chains),
        "reason": "'no such figure of last year'",
    },
} %}
with figures as (
    select
        *,
        {{ concluded | join("\n        + ") }} as concluded,
        {{ cases[1:] | join("\n        + ") }} as cases
    from {{ ref('int_body_figures') }}
),

reports as (select * from {{ ref('int_reports') }}),

joined as (
    select
        figures.* exclude (figures.authority_key, figures.report_year),
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        reports.is_current,
        last_year.concluded as last_concluded,
        earlier_year.concluded as earlier_concluded,
        {{- columns_as('last_year', 'last', rule_columns('continuity')) }}
    from reports
    left join figures on {{ is_body_year('reports', 'figures') }}
    left join figures as last_year on {{ is_body_year('reports', 'last_year', 1) }}
    left join figures as earlier_year on {{ is_body_year('reports', 'earlier_year', 2) }}
),

{{ judged_rules('continuity', conditions, 'joined') }}
