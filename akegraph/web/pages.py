"""The people's side: what is held, the board of a plan, a path."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, request

from akegraph.chains import Chain, path_colour
from akegraph.errors import UnknownResourceError
from akegraph.graph.iris import AKEV, mint_resource
from akegraph.queries.choosing import find_concepts
from akegraph.web.board import LEVELS, Filter, make_bands, named_things
from akegraph.web.findings import find_gaps, make_findings
from akegraph.web.lookups import (
    PlanFacts,
    find_column,
    find_halves,
    find_path_counts,
    find_plan_facts,
)
from akegraph.web.problems import close_matches
from akegraph.web.rendering import get_names, get_site, get_texts, make_link, render
from akegraph.web.texts import Label, choose_text

blueprint = Blueprint("pages", __name__)

_DECIDING = 4
"""From this participation level on, libraries decide together with the organiser."""


@blueprint.get("/")
def home() -> Response:
    """Show what is held."""
    site, facts = get_site(), find_plan_facts(get_site().store)
    plans = {plan: str(mint_resource("plan", plan)) for plan in site.plans}
    things = {thing for fact in facts.values() for thing in (*fact.organisations, *fact.areas, *fact.periods)}
    schemes = find_column(site.store, "schemes", "scheme")
    glances = find_path_counts(site.store)
    things |= {count.path for counts in glances.values() for count in counts}
    return render(
        "home.html",
        plans=[(plan, iri, facts.get(iri) or PlanFacts()) for plan, iri in plans.items()],
        gaps={plan: len(find_gaps(report)) for plan, report in site.reports.items()},
        names=get_names(things | set(plans.values()) | set(schemes)),
        glances={
            plan: [(count.path, count.notation, path_colour(count.rank), count.activities) for count in counts]
            for plan, counts in glances.items()
        },
        schemes=schemes,
        questions=[(name, choose_text(query.question, get_texts().language)) for name, query in site.catalogue.items()],
    )


@blueprint.get("/plan/<plan>")
def plan(plan: str) -> Response:
    """Show the board of one plan."""
    site = get_site()
    if plan not in site.plans:
        matches = close_matches(plan, site.plans) or list(site.plans)
        raise UnknownResourceError(f"/plan/{plan}", [f"/plan/{name}" for name in matches])
    iri = str(mint_resource("plan", plan))
    facts = find_plan_facts(site.store).get(iri) or PlanFacts()
    chains = tuple(chain for chain in site.chains if chain.plan == iri)
    names = get_names(named_things(chains) | {iri, *facts.organisations, *facts.areas, *facts.periods})
    report = site.reports.get(plan)
    findings = make_findings(report, names, get_texts()) if report else ()
    return _board(
        chains,
        names,
        title=names[iri],
        iri=iri,
        plan=plan,
        facts=facts,
        findings=findings,
        graph=f"graph/plan/{quote(plan)}",
    )


@blueprint.get("/path/<notation>")
def path(notation: str) -> Response:
    """Show the activities of one path, of all plans."""
    site = get_site()
    iri = str(AKEV[f"path/{notation}"])
    known = find_concepts(site.store, "path")
    if notation not in known:
        raise UnknownResourceError(f"/path/{notation}", [f"/path/{other}" for other in known])
    chains = tuple(chain for chain in site.chains if chain.path is not None and chain.path.iri == iri)
    names = get_names(named_things(chains) | {iri})
    return _board(chains, names, title=names[iri], iri=iri, notation=notation, graph=f"vocab/path/{quote(notation)}")


def _board(chains: tuple[Chain, ...], names: Mapping[str, Label], **values: object) -> Response:
    texts = get_texts()
    wanted = Filter(
        path=request.args.get("path", ""),
        task=request.args.get("task", ""),
        level=request.args.get("level", type=int),
        gaps=request.args.get("gaps") == "1",
        text=request.args.get("q", "").strip(),
    )
    shown = [chain for chain in chains if wanted.admits(chain)]
    return render(
        "board.html",
        bands=make_bands(shown, names, find_halves(get_site().store, texts), texts),
        shown=len(shown),
        total=len(chains),
        wanted=wanted,
        chips=_chips(chains, names, wanted),
        names=names,
        levels=range(1, LEVELS + 1),
        **values,
    )


Chip = tuple[str, str, str, bool]
"""What a chip says, what it means, where it leads, and whether it is on."""


def _chips(chains: tuple[Chain, ...], names: Mapping[str, Label], wanted: Filter) -> dict[str, list[Chip]]:
    """Make the filters as plain links: each changes one thing, keeps the others, and turns itself off again."""
    texts = get_texts()
    now: dict[str, object] = {
        "path": wanted.path, "task": wanted.task, "level": wanted.level,
        "gaps": "1" if wanted.gaps else "", "q": wanted.text,
    }  # fmt: skip

    def chip(key: str, value: str, words: str, meaning: str = "") -> Chip:
        on = str(now[key] or "") == value
        return words, meaning, make_link(request.path, **{**now, key: "" if on else value}), on

    paths = {chain.path.notation or "": chain.path for chain in chains if chain.path}
    tasks = {task.notation or "": task for chain in chains for task in chain.tasks}
    return {
        "all": [(texts("filter.all"), "", make_link(request.path), not any(now.values()))],
        "path": [
            chip("path", key, texts("filter.path", number=key), names[paths[key].iri].text) for key in sorted(paths)
        ]
        if len(paths) > 1
        else [],
        "level": [chip("level", str(_DECIDING), texts("filter.level"))],
        "gaps": [chip("gaps", "1", texts("filter.gaps"))],
        "task": [
            chip("task", key, names[task.iri].text)
            for key, task in sorted(tasks.items(), key=lambda item: item[1].rank or 0)
        ],
    }
