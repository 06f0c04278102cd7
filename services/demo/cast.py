"""Who appears in the demonstration: the leads, their companies, and those who sell to them.

Alisio sells software for warehouses. All names are made up; the domains end in ``.example``,
which belongs to nobody.
"""

import random
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

Language = Literal["es", "en"]


def slug(text: str) -> str:
    """Return ``text`` as it appears in addresses: ``Frutas del Segura``, frutas-del-segura."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(char if char.isalnum() else " " for char in plain).split())


US = "alisio.example"
COMPETITOR = "bodegasoft.example"
PRIVATE_MAIL = "correo-de-casa.example"

FIRST_NAMES: dict[Language, tuple[str, ...]] = {
    "es": (
        "Ana", "Luis", "Marta", "Javier", "Lucía", "Carlos", "Elena", "Pablo", "Sofía", "Diego",
        "Carmen", "Andrés", "Valentina", "Martín", "Camila", "Iñaki", "Núria", "Jorge", "Paula",
        "Ricardo", "Beatriz", "Tomás", "Irene", "Felipe", "Mónica", "Raúl", "Ximena", "Gonzalo",
        "Adriana", "Sergio",
    ),
    "en": (
        "Emma", "James", "Olivia", "Liam", "Grace", "Noah", "Amelia", "Jack", "Ruby", "Harry",
        "Priya", "Oscar", "Niamh", "Connor", "Aisha", "Ethan", "Chloe", "Samuel", "Hannah",
        "Daniel", "Zoe", "Marcus", "Leah", "Owen", "Imogen",
    ),
}  # fmt: skip
LAST_NAMES: dict[Language, tuple[str, ...]] = {
    "es": (
        "García", "Martínez", "López", "Fernández", "Romero", "Torres", "Navarro", "Vega",
        "Castillo", "Ortega", "Delgado", "Ibáñez", "Muñoz", "Peña", "Ríos", "Quintana",
        "Salazar", "Figueroa", "Herrera", "Bermúdez", "Echeverría", "Puig", "Arroyo", "Cordero",
        "Lozano",
    ),
    "en": (
        "Walsh", "Bennett", "Murphy", "Clarke", "Hughes", "Patel", "Foster", "Reid", "Sullivan",
        "Cooper", "Bailey", "Okafor", "Kelly", "Harding", "Lowe", "Doyle", "Marsh", "Whitfield",
        "Nolan", "Sinclair", "Byrne", "Grant", "Holloway", "Prescott", "Barlow",
    ),
}  # fmt: skip
DECIDING: dict[Language, tuple[str, ...]] = {
    "es": (
        "Directora de Operaciones",
        "Director de Logística",
        "Jefe de Almacén",
        "Directora General",
        "Responsable de Cadena de Suministro",
        "Director de Sistemas",
        "Jefa de Compras",
    ),
    "en": (
        "Head of Operations",
        "Director of Logistics",
        "Chief Operating Officer",
        "VP Supply Chain",
        "Head of Warehousing",
        "IT Director",
        "Director of Procurement",
    ),
}
OTHER_TITLES: dict[Language, tuple[str, ...]] = {
    "es": (
        "Analista de Logística",
        "Técnico de Almacén",
        "Administrativa",
        "Becario",
        "Consultora",
        "Asistente de Compras",
    ),
    "en": (
        "Logistics Analyst",
        "Warehouse Clerk",
        "Office Assistant",
        "Intern",
        "Consultant",
        "Purchasing Assistant",
    ),
}


@dataclass(frozen=True, slots=True)
class Company:
    """A company whose people we hear of."""

    name: str
    domain: str
    country: str
    language: Language
    employees: int
    industry: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead of the story. ``part`` says how the lead behaves: see ``story``."""

    number: int
    part: str
    first_name: str
    last_name: str
    title: str
    language: Language
    company: Company
    email: str

    @property
    def visitor(self) -> str:
        """The id the website gave the lead's browser."""
        return f"visitor-{self.number:04d}"


def _company(name: str, country: str, language: Language, employees: int, industry: str) -> Company:
    return Company(name, f"{slug(name)}.example", country, language, employees, industry)


COMPANIES = (
    _company("Frutas del Segura", "ES", "es", 180, "food"),
    _company("Logística Norte", "ES", "es", 420, "logistics"),
    _company("Ferretería Olmedo", "ES", "es", 65, "retail"),
    _company("Textil Vallès", "ES", "es", 240, "textiles"),
    _company("Bodegas Ribera Alta", "ES", "es", 90, "food"),
    _company("Recambios Levante", "ES", "es", 130, "automotive"),
    _company("Farmadis", "ES", "es", 310, "pharma"),
    _company("Cerámicas Onda", "ES", "es", 150, "manufacturing"),
    _company("Distribuidora Azteca", "MX", "es", 560, "wholesale"),
    _company("Empaques Monterrey", "MX", "es", 210, "manufacturing"),
    _company("Abarrotes La Villa", "MX", "es", 75, "retail"),
    _company("Café Altura", "CO", "es", 120, "food"),
    _company("Transportes Andinos", "CO", "es", 340, "logistics"),
    _company("Papelera del Plata", "AR", "es", 190, "manufacturing"),
    _company("Vinos del Aconcagua", "CL", "es", 85, "food"),
    _company("Pesquera Austral", "CL", "es", 260, "food"),
    _company("Harbour Foods", "GB", "en", 230, "food"),
    _company("Pennine Textiles", "GB", "en", 110, "textiles"),
    _company("Severn Logistics", "GB", "en", 480, "logistics"),
    _company("Kestrel Components", "GB", "en", 95, "automotive"),
    _company("Liffey Medical", "IE", "en", 320, "pharma"),
    _company("Shannon Dairy", "IE", "en", 140, "food"),
    _company("Cascade Outdoor", "US", "en", 205, "retail"),
    _company("Prairie Seed", "US", "en", 160, "agriculture"),
    _company("Granite State Tools", "US", "en", 88, "manufacturing"),
    _company("Blue Mesa Supply", "US", "en", 610, "wholesale"),
)
SMALL = (
    _company("Taller Ruiz", "ES", "es", 6, "automotive"),
    _company("Panadería Sol", "ES", "es", 12, "food"),
    _company("Consultora Ágora", "ES", "es", 9, "consulting"),
    _company("Dulces Oaxaca", "MX", "es", 18, "food"),
    _company("Imprenta Bolívar", "CO", "es", 14, "printing"),
    _company("Corner Bikes", "GB", "en", 8, "retail"),
    _company("Fern & Sons", "IE", "en", 22, "wholesale"),
    _company("Maple Prints", "US", "en", 11, "printing"),
)
SCHOOL = _company("Universidad del Ebro", "ES", "es", 900, "education")
RIVAL = Company("BodegaSoft", COMPETITOR, "ES", "es", 70, "software")
OURSELVES = Company("Alisio", US, "ES", "es", 45, "software")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works at Alisio."""

    name: str
    email: str
    roles: tuple[str, ...]
    language: Language
    zone: str


COLLEAGUES = (
    Colleague("Laura Medina", f"laura.medina@{US}", ("rep", "sales"), "es", "Europe/Madrid"),
    Colleague("Hugo Prieto", f"hugo.prieto@{US}", ("rep", "sales"), "es", "America/Mexico_City"),
    Colleague("Sarah Quinn", f"sarah.quinn@{US}", ("rep", "sales"), "en", "Europe/Dublin"),
    Colleague("Teresa Blanco", f"teresa.blanco@{US}", ("manager", "sales"), "es", "Europe/Madrid"),
    Colleague("Marcos Rey", f"marcos.rey@{US}", ("marketing",), "es", "Europe/Madrid"),
)

# How many leads play which part; see ``story`` for what they do.
PARTS = {
    "asks": 17,
    "studies": 24,
    "curious": 60,
    "fits_and_is_quiet": 52,
    "only_opens": 90,
    "passes_by": 36,
    "studies_at_school": 10,
    "wants_a_job": 6,
    "sells_the_same": 2,
    "is_one_of_us": 2,
}


def cast_leads(seed: int) -> list[Lead]:
    """Return the leads, the same ones for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - a story, not a secret
    leads: list[Lead] = []
    taken: set[str] = set()
    for part, count in PARTS.items():
        for _ in range(count):
            leads.append(_cast(draw, len(leads) + 1, part, taken))
    return [*leads, _twin(leads[0], len(leads) + 1)]


def _twin(lead: Lead, number: int) -> Lead:
    """Return the same person as they write from home: nobody can know yet that it is one."""
    return replace(lead, number=number, email=f"{slug(lead.first_name)}@{PRIVATE_MAIL}")


def _cast(draw: random.Random, number: int, part: str, taken: set[str]) -> Lead:
    company = _company_of(draw, part)
    language = company.language
    first, last = draw.choice(FIRST_NAMES[language]), draw.choice(LAST_NAMES[language])
    email = f"{slug(first)}.{slug(last)}@{company.domain}"
    while email in taken:
        last = draw.choice(LAST_NAMES[language])
        email = f"{slug(first)}.{slug(last)}{draw.randint(2, 99)}@{company.domain}"
    taken.add(email)
    return Lead(number, part, first, last, _title(draw, part, language), language, company, email)


def _company_of(draw: random.Random, part: str) -> Company:
    match part:
        case "studies_at_school":
            return SCHOOL
        case "sells_the_same":
            return RIVAL
        case "is_one_of_us":
            return OURSELVES
        case "curious" | "passes_by" | "wants_a_job":
            return draw.choice(SMALL)
    return draw.choice(COMPANIES)


def _title(draw: random.Random, part: str, language: Language) -> str:
    if part == "studies_at_school":
        return {"es": "Estudiante de Ingeniería", "en": "Student"}[language]
    decides = part in ("studies", "fits_and_is_quiet") or (part == "asks" and draw.random() < 0.7)
    return draw.choice((DECIDING if decides else OTHER_TITLES)[language])
