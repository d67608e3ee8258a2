"""What forms, columns and answers are called in German, French and Spanish, without accents."""

from __future__ import annotations

from collections.abc import Mapping

FORMS: Mapping[str, tuple[str, ...]] = {
    "DM": (
        "demographie",
        "demografie",
        "demographische daten",
        "donnees demographiques",
        "demografia",
        "datos demograficos",
    ),
    "AE": (
        *("unerwunschte ereignisse", "unerwunschtes ereignis", "nebenwirkungen", "evenements indesirables"),
        *("evenement indesirable", "eventos adversos", "evento adverso"),
    ),
    "CM": (
        *("begleitmedikation", "begleittherapie", "begleitmedikamente", "medicaments concomitants"),
        *("traitements concomitants", "medicacion concomitante"),
    ),
    "MH": (
        "anamnese",
        "vorerkrankungen",
        "krankengeschichte",
        "antecedents medicaux",
        "antecedents",
        "historia clinica",
    ),
    "VS": ("vitalzeichen", "vitalparameter", "signes vitaux", "constantes vitales", "signos vitales"),
    "LB": ("labor", "laborwerte", "laboruntersuchung", "laboratoire", "laboratorio", "analitica"),
    "EX": ("studienmedikation", "studienbehandlung", "traitement etude", "tratamiento estudio"),
    "PE": ("korperliche untersuchung", "examen physique", "examen clinique", "examen fisico", "exploracion fisica"),
    "DS": ("studienende", "studienabbruch", "therapieende", "fin etude", "fin estudio", "fin del estudio"),
    "IE": ("einschlusskriterien", "ein und ausschlusskriterien", "criteres inclusion", "criterios inclusion"),
}
LABELS: Mapping[str, tuple[str, ...]] = {
    "--STDTC": (
        "beginn",
        "startdatum",
        "datum beginn",
        "date debut",
        "date de debut",
        "fecha inicio",
        "fecha de inicio",
    ),
    "--ENDTC": ("ende", "enddatum", "datum ende", "date fin", "date de fin", "fecha fin", "fecha de fin"),
    "--DTC": ("datum", "untersuchungsdatum", "messdatum", "date examen", "date de examen", "fecha", "fecha examen"),
    "--TERM": (
        *("unerwunschtes ereignis", "bezeichnung ereignis", "diagnose", "evenement indesirable", "evenement"),
        *("evento adverso", "diagnostic", "diagnostico"),
    ),
    "--TRT": ("medikament", "praparat", "wirkstoff", "medicament", "medicamento", "farmaco"),
    "--SEV": ("schweregrad", "intensitat", "severite", "intensite", "gravedad", "intensidad", "severidad"),
    "--SER": ("schwerwiegend", "schwerwiegendes ereignis", "evenement grave", "grave", "serio"),
    "--OUT": ("ausgang", "evolution", "issue", "desenlace", "resultado final"),
    "--DOSE": ("dosis", "dosierung", "posologie"),
    "--DOSU": ("einheit", "unite", "unidad"),
    "--INDC": ("indikation", "indicacion"),
    "@ONGOING": ("andauernd", "fortdauernd", "en cours", "en curso", "continua"),
    "SEX": ("geschlecht", "sexe", "sexo", "genero"),
    "BRTHDTC": (
        "geburtsdatum",
        "geburtsjahr",
        "date naissance",
        "date de naissance",
        "fecha nacimiento",
        "fecha de nacimiento",
    ),
    "AGE": ("alter", "alter jahre", "edad"),
    "RACE": ("ethnische herkunft", "raza"),
    "RFICDTC": ("datum einwilligung", "einwilligungsdatum", "date consentement", "fecha consentimiento"),
    "DTHDTC": ("todesdatum", "sterbedatum", "date deces", "date du deces", "fecha muerte", "fecha fallecimiento"),
}
TESTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "VS": {
        "SYSBP": (
            "blutdruck systolisch",
            "systolischer blutdruck",
            "systolisch",
            "pression systolique",
            "presion sistolica",
            "sistolica",
        ),
        "DIABP": (
            "blutdruck diastolisch",
            "diastolischer blutdruck",
            "diastolisch",
            "pression diastolique",
            "presion diastolica",
            "diastolica",
        ),
        "PULSE": ("puls", "pouls", "pulso"),
        "HR": ("herzfrequenz", "frequence cardiaque", "frecuencia cardiaca"),
        "RESP": ("atemfrequenz", "frequence respiratoire", "frecuencia respiratoria"),
        "TEMP": ("temperatur", "korpertemperatur", "temperatura"),
        "HEIGHT": ("grosse", "korpergrosse", "taille", "talla", "estatura"),
        "WEIGHT": ("gewicht", "korpergewicht", "poids", "peso"),
    },
}
SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "SEX": {
        **dict.fromkeys(("mann", "mannlich", "homme", "masculin", "hombre", "masculino", "varon"), "M"),
        **dict.fromkeys(("frau", "weiblich", "femme", "feminin", "mujer", "femenino"), "F"),
    },
    "NY": {"j": "Y", "oui": "Y", "non": "N"},
    "AESEV": {
        **dict.fromkeys(("leicht", "gering", "leger", "legere", "leve"), "MILD"),
        **dict.fromkeys(("massig", "mittel", "mittelschwer", "modere", "moderee", "moderado", "moderada"), "MODERATE"),
        **dict.fromkeys(("schwer", "stark", "severo", "severa"), "SEVERE"),
    },
    "RACE": {
        **dict.fromkeys(("weiss", "kaukasisch", "blanc", "blanche", "blanco", "blanca", "caucasien"), "WHITE"),
        **dict.fromkeys(("schwarz", "noir", "noire", "negro", "negra"), "BLACK OR AFRICAN AMERICAN"),
        **dict.fromkeys(("asiatisch", "asiatique", "asiatico", "asiatica"), "ASIAN"),
    },
    "OUT": {
        **dict.fromkeys(
            ("genesen", "wiederhergestellt", "geheilt", "gueri", "retabli", "recuperado"), "RECOVERED/RESOLVED"
        ),
        **dict.fromkeys(
            ("nicht genesen", "andauernd", "non gueri", "no recuperado", "en cours"), "NOT RECOVERED/NOT RESOLVED"
        ),
        **dict.fromkeys(("todlich", "verstorben", "gestorben", "mortel", "deces", "fallecido"), "FATAL"),
        **dict.fromkeys(("unbekannt", "inconnu", "desconocido"), "UNKNOWN"),
    },
}
YES = ("ja", "oui", "si")
NO = ("nein", "non")
