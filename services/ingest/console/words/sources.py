"""What the pages of sources say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    # --- all of them ---
    "sources": Titles("Fuentes", "Sources"),
    "sources_about": Titles(
        "Las herramientas de marketing que cuentan a Relevo lo que hacen los leads.",
        "The marketing tools that tell Relevo what leads do.",
    ),
    "source_add": Titles("Conectar una herramienta", "Connect a tool"),
    "sources_none": Titles("Todavía no hay fuentes", "No sources yet"),
    "sources_none_about": Titles(
        "Conecta tu primera herramienta: eliges cuál, pegas una dirección en ella y ves llegar "
        "el primer evento.",
        "Connect your first tool: you choose which, paste an address into it, and see its first "
        "event arrive.",
    ),
    "sources_archived": Titles("Ver también las archivadas", "Show archived ones too"),
    "sources_live": Titles("Ocultar las archivadas", "Hide archived ones"),
    "mood_waiting": Titles("Espera su primer evento", "Waits for its first event"),
    "mood_silent": Titles("En silencio", "Silent"),
    "mood_fine": Titles("Todo bien", "All well"),
    "mood_gap": Titles("No cuadra", "Does not add up"),
    "mood_parked": Titles("Con algo apartado", "Something is parked"),
    "mood_paused": Titles("En pausa", "Paused"),
    "mood_archived": Titles("Archivada", "Archived"),
    "last_event": Titles("Último evento {ago}", "Last event {ago}"),
    "silent_for": Titles("Nada desde hace {time}", "Nothing for {time}"),
    "no_event_yet": Titles("Aún no ha llegado nada", "Nothing has come yet"),
    "made_by_shares": Titles("Quién hizo sus interacciones", "Who made its touches"),
    "made_by_human": Titles("personas", "people"),
    "made_by_machine": Titles("máquinas", "machines"),
    "made_by_unsure": Titles("sin saberlo", "unsure"),
    "made_by_none": Titles("Todavía sin interacciones.", "No touches yet."),
    "month_picture": Titles(
        "Eventos por día en 30 días: {total} en total.",
        "Events a day over 30 days: {total} in all.",
    ),
    "month_busiest": Titles("El día con más: {day}, {count}.", "The busiest day: {day}, {count}."),
    # --- the ledger ---
    "ledger": Titles("Las cuentas", "The ledger"),
    "ledger_received": Titles("recibidos", "received"),
    "ledger_published": Titles("publicados", "published"),
    "ledger_duplicates": Titles("repetidos", "repeated"),
    "ledger_parked": Titles("apartados", "parked"),
    "ledger_discarded": Titles("descartados", "discarded"),
    "ledger_expired": Titles("caducados", "expired"),
    "ledger_pending": Titles("por leer", "to be read"),
    "ledger_adds_up": Titles(
        "Cada evento recibido está en una de estas cuentas.",
        "Every event that was received is in one of these.",
    ),
    "ledger_gap": Titles(
        "Faltan {count} eventos en las cuentas. Es un fallo de Relevo: avisa a quien lo administra.",
        "{count} events are unaccounted for. That is a fault of Relevo's: tell whoever runs it.",
    ),
    "ledger_days": Titles("Día por día", "Day by day"),
    "ledger_day": Titles("Día (UTC)", "Day (UTC)"),
    "ledger_no_days": Titles("Nada en los últimos 30 días.", "Nothing in the last 30 days."),
    # --- one of them ---
    "source_made": Titles("Creada {when}", "Made {when}"),
    "source_connect": Titles("Cómo se conecta", "How it is connected"),
    "source_pause": Titles("Poner en pausa", "Pause"),
    "source_resume": Titles("Reanudar", "Resume"),
    "source_paused_about": Titles(
        "En pausa: lo que llega se guarda sin leer, y se lee al reanudar.",
        "Paused: what comes is kept unread, and read once it is resumed.",
    ),
    "source_archived_about": Titles(
        "Archivada: sus credenciales ya no valen; lo que envió se queda.",
        "Archived: its credentials are over; what it sent stays.",
    ),
    "source_said_paused": Titles(
        "En pausa. Nada se pierde: lo que llegue se guarda.",
        "Paused. Nothing is lost: what comes is kept.",
    ),
    "source_said_active": Titles("En marcha otra vez.", "Running again."),
    "source_said_archived": Titles("Archivada.", "Archived."),
    "source_said_revoked": Titles("Esa credencial ya no vale.", "That credential is over."),
    "source_said_settings": Titles("Ajustes guardados.", "Settings saved."),
    "source_said_kinds": Titles(
        "Guardado. Vale para lo que llegue desde ahora.",
        "Saved. It counts for what comes from now on.",
    ),
    "source_not_changed_meanwhile": Titles(
        "Alguien cambió la fuente entretanto. Mírala y vuelve a intentarlo.",
        "Somebody changed the source meanwhile. Look at it and try again.",
    ),
    "source_not_too_many_credentials": Titles(
        "Ya hay diez credenciales vivas. Retira una primero.",
        "Ten credentials are live already. Revoke one first.",
    ),
    "source_not_not_found": Titles("Eso ya no existe.", "That is gone already."),
    "source_latest": Titles("Lo último que llegó", "What came last"),
    "source_all_receipts": Titles("Todos sus recibos", "All its receipts"),
    "source_refused": Titles("Rechazado en las últimas 24 horas", "Refused in the last 24 hours"),
    # --- credentials ---
    "credentials": Titles("Credenciales", "Credentials"),
    "credential_token": Titles("Token", "Token"),
    "credential_secret": Titles("Secreto", "Secret"),
    "credential_ends": Titles("vale hasta {when}", "ends {when}"),
    "credential_since": Titles("desde {when}", "since {when}"),
    "credential_none": Titles(
        "No hay ninguna: todo lo que llegue se rechaza.",
        "There is none: whatever comes is refused.",
    ),
    "credential_revoke": Titles("Retirar la que acaba en {last4}", "Revoke the one ending {last4}"),
    "revoke": Titles("Retirar", "Revoke"),
    "rotate": Titles("Cambiar la credencial", "Rotate the credential"),
    "rotate_about": Titles(
        "Se crea otra. Las de ahora siguen valiendo el tiempo que elijas, para que nada se "
        "rechace mientras la cambias en la herramienta.",
        "Another one is made. Those of now go on for as long as you choose, so that nothing is "
        "refused while you change it in the tool.",
    ),
    "overlap": Titles("Las de ahora valen todavía", "Those of now go on for"),
    "overlap_0": Titles("nada: terminan ya", "no time: they end now"),
    "overlap_1": Titles("una hora", "an hour"),
    "overlap_24": Titles("un día", "a day"),
    "overlap_168": Titles("una semana", "a week"),
    "secret_of_tool": Titles("El secreto que da la herramienta", "The secret the tool gives"),
    "secret_of_tool_hint": Titles(
        "Vacío: lo crea Relevo, y lo pegas en la herramienta.",
        "Empty: Relevo makes one, and you paste it into the tool.",
    ),
    "secret_wrong": Titles(
        "Eso no puede ser el secreto de esta herramienta: es demasiado corto o de otra forma.",
        "That cannot be this tool's secret: it is too short, or of another shape.",
    ),
    "secret_in_use": Titles(
        "Esta fuente ya tiene ese secreto, o lo tuvo.", "This source has that secret, or had it."
    ),
    "credential_new": Titles("La credencial nueva de {name}", "The new credential of {name}"),
    "credential_once": Titles(
        "Se muestra solo esta vez: cópiala ahora.", "It is shown only this once: copy it now."
    ),
    "credential_kept": Titles(
        "El secreto de la herramienta está guardado.", "The tool's secret is kept."
    ),
    "credential_overlap": Titles(
        "Las anteriores siguen valiendo {time}.", "The earlier ones go on for {time}."
    ),
    "credential_ended": Titles("Las anteriores ya no valen.", "The earlier ones are over."),
    "back_to_source": Titles("Volver a la fuente", "Back to the source"),
    # --- kinds ---
    "kinds": Titles("Qué significan sus eventos", "What its events mean"),
    "kinds_about": Titles(
        "Los nombres habituales se reconocen solos. Aquí dices qué son los demás.",
        "Usual names are recognised by themselves. Here you say what the others are.",
    ),
    "kinds_own": Titles("Nombre en la herramienta", "Name in the tool"),
    "kinds_kind": Titles("Qué es", "What it is"),
    "kinds_times": Titles("{count} vez|{count} veces", "once|{count} times"),
    "kinds_none": Titles("Todos sus nombres se conocen.", "All its names are known."),
    "kinds_unmapped": Titles(
        "Llega con un nombre que nadie conoce, así que no cuenta para nadie",
        "It comes with a name nobody knows, so it counts for nobody",
    ),
    "kind_unknown": Titles("todavía sin decidir", "not decided yet"),
    "kind_forget": Titles("olvidar este nombre", "forget this name"),
    "kinds_example": Titles("ver uno", "see one"),
    "kinds_new": Titles("Otro nombre", "Another name"),
    # --- settings ---
    "settings": Titles("Ajustes", "Settings"),
    "setting_hidden_links": Titles("Enlaces trampa", "Hidden links"),
    "setting_hidden_links_about": Titles(
        "Uno por línea: enlaces que ninguna persona ve. Quien los sigue es una máquina.",
        "One a line: links no person can see. Who follows them is a machine.",
    ),
    "setting_settle_s": Titles("Espera de un clic, en segundos", "Wait of a click, in seconds"),
    "setting_settle_s_about": Titles(
        "Una apertura o un clic espera esto antes de contar como de una persona (0 a 3600).",
        "An open or click waits that long before it counts as a person's (0 to 3600).",
    ),
    "setting_removed_is_erased": Titles(
        "Quien se borra en la herramienta pide que se le olvide también aquí",
        "Who is deleted in the tool asks to be erased here too",
    ),
    "setting_options": Titles("Opciones de la herramienta (JSON)", "The tool's options (JSON)"),
    "setting_options_about": Titles(
        "Por ejemplo, qué campo del cuerpo es el correo. Todas están en docs/sources/{vendor}.md.",
        "For example, which field of the body is the e-mail. All are in docs/sources/{vendor}.md.",
    ),
    "setting_columns": Titles("Columnas de sus archivos (JSON)", "Columns of its files (JSON)"),
    "setting_columns_about": Titles(
        "Qué columna de un archivo exportado es qué. Las demás se adivinan.",
        "Which column of an exported file is what. The others are guessed.",
    ),
    "setting_wrong": Titles("Así no vale: {why}", "That cannot be: {why}"),
    "save": Titles("Guardar", "Save"),
    "archive": Titles("Archivar la fuente", "Archive the source"),
    "archive_about": Titles(
        "Sus credenciales dejan de valer al momento y todo lo que envíe se rechaza. "
        "Lo que ya envió se queda.",
        "Its credentials end at once and whatever it sends is refused. What it sent stays.",
    ),
    "archive_sure": Titles("Sí, quiero archivarla", "Yes, archive it"),
    "archive_unsure": Titles(
        "Marca la casilla si quieres archivarla.", "Tick the box if you want to archive it."
    ),
}
