"""Made-up plans in the shape of the real one, for tests and for measurements across plans.

    python benchmarks/synthetic.py --plans 3 --activities 17 --seed 1 -o FOLDER
    python benchmarks/synthetic.py --measure 17 1000 10000

Whatever a plan words from a list (task, path, impact, goal, evaluation, level) is drawn from the rows of the real
plan, so every share is the real one's and no wording has a second copy here. What a plan words freely is made of
neutral words that say they are synthetic. The plans pass through the same mapping as real ones, and all that is their
own has ``ake:isSynthetic``. One seed gives the same bytes on every run; a plan does not depend on how many others are
made.
"""

from __future__ import annotations

import argparse
import datetime
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import tomlkit
from rdflib import Graph
from rdflib.namespace import SKOS

from akegraph.errors import AkegraphError, OutputError
from akegraph.files import write_file
from akegraph.graph.inference import infer_triples
from akegraph.graph.iris import AKEID
from akegraph.graph.loading import union
from akegraph.pipeline.knowledge import Knowledge, find_plans
from akegraph.pipeline.mapping import map_table
from akegraph.table.identity import stable_ids
from akegraph.table.model import Cell, Column, Row, Table
from akegraph.table.plan import Document, Plan
from akegraph.table.rows import write_rows
from akegraph.terms import AKE

FIRST_YEAR = 2026
CONTINUED = 2 / 3
"""The share of activities that go on in the next plan."""
RELEVELLED = 1 / 4
"""The share of these whose participation level is drawn anew."""
ROWS_PER_PAGE = 9

_WORDS = (
    ("aineisto", "aineiston"), ("kartoitus", "kartoituksen"), ("keskustelu", "keskustelun"), ("kokeilu", "kokeilun"),
    ("koulutus", "koulutuksen"), ("opas", "oppaan"), ("tapaaminen", "tapaamisen"), ("työpaja", "työpajan"),
    ("verkosto", "verkoston"), ("vierailu", "vierailun"),
)  # fmt: skip
_OUTPUTS = ("toteutukset ja materiaalit", "materiaalit", "raportit", "toteutukset, materiaalit ja raportit")
_OUTCOMES = ("toteutuksiin osallistuminen", "materiaalien opiskelu", "tulosten hyödyntäminen omassa työssä")
_FREE = (Column.ACTIVITY, Column.OUTPUT, Column.OUTCOME)


@dataclass(frozen=True, slots=True)
class SyntheticPlan:
    """A made-up plan: what a plan's folder holds, as values."""

    plan: Plan
    document: Document
    table: Table

    def map(self, knowledge: Knowledge) -> Graph:
        """Map it as a folder is mapped; returns a new graph of asserted triples."""
        return map_table(self.plan, self.document, self.table, knowledge)


def generate_plans(
    plans: int = 3,
    activities: int = 17,
    *,
    years: Sequence[int] | None = None,
    areas: Sequence[str] | None = None,
    seed: int = 0,
    knowledge: Knowledge | None = None,
) -> list[SyntheticPlan]:
    """Make plans of the regional organisations, each for several years in a row.

    :param plans: how many; one organisation's years first, then the next organisation's
    :param activities: rows of each plan
    :param years: years in a row; by default two, or as many as it takes
    :param areas: ids of the areas to cover; by default those that no real plan covers
    :returns: the plans by organisation and year; each but the first of an organisation follows the one before
    :raises ValueError: if a number is not above 0, an area is unknown, or there are too few areas and years
    """
    knowledge = knowledge or Knowledge()
    if plans < 1 or activities < 1:
        raise ValueError("needs at least one plan and one activity")
    [template] = [folder for folder in find_plans() if not folder.plan.synthetic][:1]
    covered = {area for folder in find_plans() for area in folder.plan.areas}
    organisations = _find_organisations(knowledge.reference, areas, covered)
    wanted = years or range(FIRST_YEAR, FIRST_YEAR + max(2, math.ceil(plans / len(organisations))))
    if plans > len(organisations) * len(wanted):
        raise ValueError(f"{len(organisations)} organisations × {len(wanted)} years hold no {plans} plans")
    real = template.read_table(knowledge)
    made: list[SyntheticPlan] = []
    for organisation, own_areas in organisations:
        maker = _PlanMaker(knowledge, template.plan, real, organisation, own_areas, activities, seed)
        made += (maker.make(year) for year in list(wanted)[: plans - len(made)])
    return made


def _find_organisations(
    reference: Graph, areas: Sequence[str] | None, covered: set[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """List the organisations that operate in the areas, with the areas they would plan for."""
    known: dict[str, set[str]] = {}
    for operating, place in reference.subject_objects(AKE.operatesIn):
        known.setdefault(str(place).rpartition("/")[2], set()).add(str(operating).rpartition("/")[2])
    if unknown := sorted(set(areas or ()) - set(known)):
        raise ValueError(f"no area is {unknown[0]!r}; known are {', '.join(sorted(known))}")
    found: dict[str, list[str]] = {}
    for area in areas if areas is not None else sorted(set(known) - covered):
        for organisation in known[area]:
            found.setdefault(organisation, []).append(area)
    if not found:
        raise ValueError("no organisation operates in the areas")
    return [(organisation, tuple(sorted(found[organisation]))) for organisation in sorted(found)]


class _PlanMaker:
    """Makes the plans of one organisation, year after year."""

    def __init__(
        self,
        knowledge: Knowledge,
        real_plan: Plan,
        real: Table,
        organisation: str,
        areas: tuple[str, ...],
        activities: int,
        seed: int,
    ) -> None:
        self._real_plan, self._real = real_plan, real
        self._organisation, self._areas = organisation, areas
        self._activities, self._seed = activities, seed
        self._name = _finnish_label(knowledge.reference, "organisation", organisation)
        self._places = " ja ".join(_finnish_label(knowledge.reference, "area", area) for area in areas)
        self._before: SyntheticPlan | None = None
        self._made = 0

    def make(self, year: int) -> SyntheticPlan:
        """Make the next plan, which follows the one made before."""
        plan_id = f"synteettinen-{self._organisation}-{year}"
        # A seed of text, not hash(): the same on every run. S311: nothing here is a secret.
        chance = random.Random(f"{self._seed} {plan_id}")  # noqa: S311
        before = self._before.plan.id if self._before else None
        table = Table(f"{plan_id}/rows.csv", self._real.headings, tuple(self._rows(plan_id, chance)))
        title = f"Synteettinen suunnitelma, ei oikea: {self._name} ({self._places}) {year}"
        plan = Plan(
            id=plan_id,
            label=f"Synteettinen suunnitelma {self._organisation.capitalize()} {year}",
            title=title,
            language=self._real_plan.language,
            organisation=self._organisation,
            areas=self._areas,
            framework=self._real_plan.framework,
            document=plan_id,
            start=datetime.date(year, 1, 1),
            end=datetime.date(year, 12, 31),
            previous=before,
            synthetic=True,
        )
        document = Document(
            id=plan_id,
            title=f"Synteettinen asiakirja, jota ei ole: {self._name} {year}",
            kind="Synteettinen suunnitelma",
            publisher="Ei kukaan: synteettinen aineisto",
            language=plan.language,
            issued=datetime.date(year - 1, 11, 1),
            first_page=1,
            last_page=table.rows[-1].page,
            extraction=f"Generated by benchmarks/synthetic.py with seed {self._seed}; no such document exists.",
            rights="Synthetic: made up for tests and measurements, by no organisation. CC BY 4.0.",
            synthetic=True,
        )
        self._before = SyntheticPlan(plan, document, table)
        return self._before

    def _rows(self, plan_id: str, chance: random.Random) -> Iterator[Row]:
        drafts = [*self._continued(chance)]
        drafts += ((self._new_cells(chance), None) for _ in range(self._activities - len(drafts)))
        ids = stable_ids(plan_id, [{column: cell.text for column, cell in cells.items()} for cells, _ in drafts])
        for number, (row_id, (cells, continues)) in enumerate(zip(ids, drafts, strict=True), start=1):
            yield Row(row_id, 1 + (number - 1) // ROWS_PER_PAGE, number, cells, continues)

    def _continued(self, chance: random.Random) -> Iterator[tuple[dict[str, Cell], str | None]]:
        """Yield the cells of rows that go on from the plan before, in its order, with that row's id."""
        if self._before is None:
            return
        rows = self._before.table.rows
        for at in sorted(chance.sample(range(len(rows)), round(len(rows) * CONTINUED))):
            cells = dict(rows[at].cells)
            if chance.random() < RELEVELLED:
                cells[Column.PARTICIPATION] = chance.choice(self._real.rows).cells[Column.PARTICIPATION]
            yield cells, rows[at].id

    def _new_cells(self, chance: random.Random) -> dict[str, Cell]:
        """Draw the listed wordings from one real row and the level from another; make up the rest."""
        self._made += 1
        word, of_word = chance.choice(_WORDS)
        cells = dict(chance.choice(self._real.rows).cells)
        cells[Column.PARTICIPATION] = chance.choice(self._real.rows).cells[Column.PARTICIPATION]
        texts = (
            f"Synteettinen {word} {self._made}",
            f"Synteettisen {of_word} {chance.choice(_OUTPUTS)}",
            f"Synteettisen {of_word} {chance.choice(_OUTCOMES)}",
        )
        return cells | {column: Cell(text) for column, text in zip(_FREE, texts, strict=True)}


def _finnish_label(reference: Graph, kind: str, stable_id: str) -> str:
    labels = reference.objects(AKEID[f"{kind}/{stable_id}"], SKOS.prefLabel)
    return next(str(label) for label in labels if getattr(label, "language", None) == "fi")


def write_plans(
    made: Sequence[SyntheticPlan], folder: Path, *, knowledge: Knowledge | None = None, force: bool = False
) -> list[Path]:
    """Write each plan as a folder that ``akegraph build`` and ``akegraph validate`` read.

    :param folder: gets one folder per plan, named by its id: ``plan.toml``, ``sources.toml``, ``rows.csv``
    :returns: the plans' folders
    :raises FileExistsRefusedError: if a file is there, differs and ``force`` is not set
    :raises OutputError: if a folder or file cannot be written
    """
    lexicon = (knowledge or Knowledge()).schemes.lexicon
    folders = []
    for one in made:
        own = folder / one.plan.id
        try:
            own.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{own}: cannot be made: {error.strerror or error}") from error
        write_file(own / "plan.toml", _plan_toml(one.plan), force=force)
        write_file(own / "sources.toml", _sources_toml(one.document), force=force)
        write_file(own / "rows.csv", write_rows(one.table, lexicon), force=force)
        folders.append(own)
    return folders


_ABOUT = "Synthetic: made up by benchmarks/synthetic.py for tests and measurements. This is nobody's plan."


def _plan_toml(plan: Plan) -> bytes:
    toml = tomlkit.document()
    toml.add(tomlkit.comment(_ABOUT))
    toml.add("synthetic", tomlkit.item(plan.synthetic))
    for key in ("id", "label", "title", "language", "organisation", "areas", "framework", "document", "previous"):
        value = getattr(plan, key)
        if value is not None:
            toml.add(key, tomlkit.item(list(value) if key == "areas" else value))
    toml.add("period", tomlkit.item({"start": plan.start, "end": plan.end}))
    return toml.as_string().encode()


def _sources_toml(document: Document) -> bytes:
    toml = tomlkit.document()
    toml.add(tomlkit.comment(_ABOUT))
    entry = tomlkit.table()
    for key in Document.__slots__:
        value = getattr(document, key)
        if value is not None:
            entry.add(key, tomlkit.item(value))
    documents = tomlkit.aot()
    documents.append(entry)
    toml.add("document", documents)
    return toml.as_string().encode()


def measure(sizes: Sequence[int], seed: int) -> None:
    """Print triples and CPU seconds of one plan of each size: made, mapped, its closure computed."""
    knowledge = Knowledge()
    common = union((knowledge.schemes_graph, knowledge.reference))
    infer_triples(knowledge.ontology, common)
    print(f"{'activities':>10} {'asserted':>9} {'inferred':>9}  {'make':>7} {'map':>7} {'infer':>7}   (CPU seconds)")
    for size in sizes:
        times = [time.process_time()]
        [one] = generate_plans(1, size, seed=seed, knowledge=knowledge)
        times.append(time.process_time())
        asserted = one.map(knowledge)
        times.append(time.process_time())
        inferred = infer_triples(knowledge.ontology, union((common, asserted)))
        times.append(time.process_time())
        spent = " ".join(f"{after - before:7.2f}" for before, after in pairwise(times))
        print(f"{size:10} {len(asserted):9} {len(inferred):9}  {spent}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write plans, or measure; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make synthetic plans in the shape of the real one.")
    parser.add_argument("--plans", type=int, default=3, help="how many plans (default: 3)")
    parser.add_argument("--activities", type=int, default=17, help="activities of each plan (default: 17)")
    parser.add_argument("--years", type=int, nargs="+", help="years in a row (default: two, or as many as it takes)")
    parser.add_argument("--areas", nargs="+", help="ids of areas (default: those that no real plan covers)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same bytes (default: 0)")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-o", "--output", type=Path, help="folder that gets one folder per plan")
    what.add_argument("--measure", type=int, nargs="+", metavar="SIZE", help="write nothing; time plans of these sizes")
    given = parser.parse_args(arguments)
    if given.measure:
        measure(given.measure, given.seed)
        return 0
    try:
        made = generate_plans(given.plans, given.activities, years=given.years, areas=given.areas, seed=given.seed)
        for folder in write_plans(made, given.output, force=given.force):
            print(folder)
    except ValueError as error:
        parser.error(str(error))
    except AkegraphError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
