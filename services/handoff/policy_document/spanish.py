"""The Spanish of every message about a policy file, by its English."""

from collections.abc import Mapping

SPANISH: Mapping[str, str] = {
    # --- the file ---
    "A file holds one policy: move what follows `---` to another file.": (
        "Un archivo contiene una sola política: lleva a otro lo que sigue a `---`."
    ),
    "A key must be a single word.": "Una clave tiene que ser una sola palabra.",
    "Aliases (`*name`) are not read: write the value out.": (
        "Los alias (`*nombre`) no se leen: escribe el valor entero."
    ),
    "Anchors (`&name`) are not read: delete it.": "Las anclas (`&nombre`) no se leen: bórrala.",
    "Delete the line that starts with `%`.": "Borra la línea que empieza por `%`.",
    "Merge keys (`<<`) are not read: write it out.": (
        "Las claves de mezcla (`<<`) no se leen: escríbelo entero."
    ),
    "More than {most_values:,} values.": "Hay más de {most_values} valores.",
    "Tags (`!name`) are not read: delete it.": "Las etiquetas (`!nombre`) no se leen: bórrala.",
    "Text with a colon needs quotes inside `{ }` and `[ ]`.": (
        "Dentro de `{ }` y `[ ]`, un texto con dos puntos va entre comillas."
    ),
    "The file has {size:,} bytes; at most {largest:,} are read.": (
        "El archivo tiene {size} bytes; se leen {largest} como mucho."
    ),
    "The file is empty: it must hold a policy.": (
        "El archivo está vacío: tiene que contener una política."
    ),
    "The file is not UTF-8 text: save it as UTF-8.": (
        "El archivo no es texto UTF-8: guárdalo como UTF-8."
    ),
    "There is an invisible character (U+{code:04X}) here: delete it.": (
        "Aquí hay un carácter invisible (U+{code:04X}): bórralo."
    ),
    "This is not YAML: {reason}.": "Esto no es YAML: {reason}.",
    "Values are nested more than {deepest} levels deep here.": (
        "Aquí hay valores anidados a más de {deepest} niveles."
    ),
    "YAML cannot be indented by tabs: use spaces.": (
        "YAML no se sangra con tabuladores: usa espacios."
    ),
    "the file": "el archivo",
    # --- keys ---
    "A policy": "la política",
    " Known here: {keys}.": " Aquí se conocen: {keys}.",
    "{name} is not a key here.{hint}": "{name} no es una clave de aquí.{hint}",
    "{owner} needs `{name}`: {doc}": "Falta `{name}` en {owner}: {doc}",
    "`{key}` is already in line {line}: delete one of them.": (
        "`{key}` ya está en la línea {line}: borra una de las dos."
    ),
    "{name} cannot name a {noun}: use up to 63 of a-z, 0-9, `_` and `-`, a letter first.": (
        "{name} no vale como nombre de {noun}: usa hasta 63 caracteres de a-z, 0-9, `_` y "
        "`-`, primero una letra."
    ),
    "The facts that must be true.": "los datos que tienen que cumplirse.",
    "The kind of touch that counts, or several.": "el tipo de interacción que cuenta, o varios.",
    "The policy's name.": "el nombre de la política.",
    "The ways to become ready; the first wins.": "las maneras de estar listo; decide la primera.",
    "How urgent such a lead is: a key of `response`.": (
        "lo urgente que es un lead así: una clave de `response`."
    ),
    "Points of one fresh touch; may be negative.": (
        "los puntos de una interacción recién hecha; pueden ser negativos."
    ),
    "Points while they are; may be negative.": (
        "los puntos mientras se cumple; pueden ser negativos."
    ),
    "Time for the owner to accept or reject.": (
        "el tiempo que tiene el responsable para aceptar o rechazar."
    ),
    "Time until somebody must have tried to reach the lead.": (
        "el tiempo hasta el primer intento de hablar con el lead."
    ),
    "What leads do: engagement.": "qué hacen los leads: el interés.",
    "The signal, or several: any of them counts.": "la señal, o varias: cuenta cualquiera.",
    "How many touches are needed.": "cuántas interacciones hacen falta.",
    "Only touches not older than this.": "solo interacciones de hace este tiempo como mucho.",
    "Points of fit needed.": "los puntos de encaje que hacen falta.",
    "Points of engagement needed.": "los puntos de interés que hacen falta.",
    "How many different signals are needed.": "cuántas señales distintas hacen falta.",
    "What must be true of each of them: a role.": "qué tiene que cumplir cada una: un papel.",
    "What they did, any of these; left out: any signal with points above zero.": (
        "qué han hecho, algo de esto; sin decirlo, cualquier señal con más de cero puntos."
    ),
    "How many different people are needed.": "cuántas personas distintas hacen falta.",
    "What must be met.": "qué tiene que cumplirse.",
    "What sales owes, per tier.": "qué debe ventas, por urgencia.",
    "What the reason causes.": "qué provoca el motivo.",
    # --- single values ---
    "`{key}`": "`{key}`",
    "`{short}`": "`{short}`",
    "nothing": "nada",
    "a list": "una lista",
    "a mapping": "un grupo de claves",
    "a single value": "un solo valor",
    "text": "un texto",
    "a condition": "una condición",
    "operators": "operadores",
    "a whole number": "un número entero",
    "a number with at most {decimals} decimal": "un número con {decimals} decimal como mucho",
    "{kind} from {least:g} to {most}": "{kind} de {least:g} a {most}",
    "a duration like `30d`, `4h`, `15m` or `90s`": "una duración como `30d`, `4h`, `15m` o `90s`",
    "a kind of touch like `content.downloaded`": "un tipo de interacción como `content.downloaded`",
    "a mapping of facts to what is asked of them": "datos, cada uno con lo que se le pregunta",
    "a mapping with a name for each {noun}": "un grupo con un nombre para cada {noun}",
    "a name like `b2b-software`": "un nombre como `b2b-software`",
    "a name like `hot`": "un nombre como `hot`",
    "a property of the touch like `content.id`": (
        "una propiedad de la interacción como `content.id`"
    ),
    "a share like `70%`": "un porcentaje como `70%`",
    "a share of the promised time from `1%` to `{most}%`": (
        "una parte del tiempo prometido, de `1%` a `{most}%`"
    ),
    "`always`, `team` or a calendar like `business`": (
        "`always`, `team` o un calendario como `business`"
    ),
    "`true` or `false`": "`true` o `false`",
    "text, a number, `true` or `false`": "un texto, un número, `true` o `false`",
    "one of {options}": "uno de {options}",
    "criterion": "criterio",
    "exclusion": "exclusión",
    "gate": "puerta",
    "list": "lista",
    "reason": "motivo",
    "signal": "señal",
    "tier": "urgencia",
    "`{key}` must be {wanted}, not {value}.": "`{key}` tiene que ser {wanted}, no {value}.",
    "`{key}` must be {wanted}, not {what}.": "`{key}` tiene que ser {wanted}, no {what}.",
    "`{key}` must be `true` or `false`, not {value}.": (
        "`{key}` tiene que ser `true` o `false`, no {value}."
    ),
    "`{key}` must be a list of 1 to {most} values.": (
        "`{key}` tiene que ser una lista de 1 a {most} valores."
    ),
    "`{key}` must be a share from `0%` to `100%`, not {value}.": (
        "`{key}` tiene que ser un porcentaje de `0%` a `100%`, no {value}."
    ),
    "`{key}` must be from `{least}` to `{most}`.": (
        "`{key}` tiene que estar entre `{least}` y `{most}`."
    ),
    "`{key}` must be one of {options}, not {value}.": (
        "`{key}` tiene que ser uno de {options}, no {value}."
    ),
    "`{key}` must be text of 1 to 200 characters.": (
        "`{key}` tiene que ser un texto de 1 a 200 caracteres."
    ),
    "`{key}` must be text of 1 to {longest} characters.": (
        "`{key}` tiene que ser un texto de 1 a {longest} caracteres."
    ),
    "`{key}` must hold 1 to {most} values, not {count}.": (
        "`{key}` tiene que contener de 1 a {most} valores, no {count}."
    ),
    "`{key}` needs `es`, `en` or both.": "`{key}` necesita `es`, `en` o los dos.",
    "The title has no `{language}`: people read the other language's text.": (
        "El título no tiene `{language}`: se leerá el texto del otro idioma."
    ),
    # --- conditions and facts ---
    " Did you mean `{near}`?": " ¿Querías decir `{near}`?",
    " Conditions: {kinds}.": " Condiciones: {kinds}.",
    " Known: {operators}.": " Se conocen: {operators}.",
    " Signals: {known}.": " Señales: {known}.",
    " There are: {known}.": " Hay estos: {known}.",
    " Add `{tier}` to `response`.": " Añade `{tier}` a `response`.",
    " Write it under `lists`, or make it: `relevo lists create`.": (
        " Escríbela en `lists`, o créala en la página de listas."
    ),
    "There is no calendar `{calendar}`.": "No hay ningún calendario `{calendar}`.",
    "There is no condition {keys}.{hint}": "No existe la condición {keys}.{hint}",
    "There is no list {name}.{hint}": "No hay ninguna lista {name}.{hint}",
    "There is no operator {name}.{hint}": "No existe el operador {name}.{hint}",
    "There is no signal {name}.{hint}": "No hay ninguna señal {name}.{hint}",
    "One condition at a time: join {kinds} with `all` or `any`.": (
        "Las condiciones, de una en una: une {kinds} con `all` o `any`."
    ),
    "Say what is asked of `{key}`: {operators}.": "Di qué se pregunta de `{key}`: {operators}.",
    "`at_least` needs `of`: the conditions of which some must be met.": (
        "`at_least` necesita `of`: las condiciones de las que se tienen que cumplir algunas."
    ),
    "`{key}` asks nothing. Conditions: {kinds}.": "`{key}` no pregunta nada. Condiciones: {kinds}.",
    "`{key}` asks nothing: name a fact.": "`{key}` no pregunta nada: nombra un dato.",
    "{key} cannot stand beside `{kind}`: put it inside, or join with `all`.": (
        "{key} no puede ir al lado de `{kind}`: ponlo dentro, o únelos con `all`."
    ),
    "`{key}` is no pattern RE2 can read: {reason}.": (
        "`{key}` no es un patrón que RE2 sepa leer: {reason}."
    ),
    "{name} is no fact: facts start with {starts}.": (
        "{name} no es un dato: los datos empiezan por {starts}."
    ),
    "{one} or {other}": "{one} o {other}",
    "{name} is no property: write it like `content.topic`.": (
        "{name} no es una propiedad: se escriben como `content.topic`."
    ),
    "{text} has no letter or digit to look for.": (
        "{text} no tiene ninguna letra ni cifra que buscar."
    ),
    "`{name}` is no {what} Relevo knows. Did you mean `{near}`?": (
        "Relevo no conoce `{name}` como {what}. ¿Querías decir `{near}`?"
    ),
    "fact": "dato",
    "kind of touch": "tipo de interacción",
    "property": "propiedad",
    # --- gates ---
    " of {names}": " de {names}",
    "touches": "interacciones",
    "points of fit": "puntos de encaje",
    "points of engagement": "puntos de interés",
    "different signals": "señales distintas",
    "people of one account": "personas de una misma empresa",
    "{points:g} points of fit": "{points:g} puntos de encaje",
    " The gate can still pass without it, so delete it or mend it.": (
        " La puerta aún se puede pasar sin ella: bórrala o corrígela."
    ),
    "Gate `{gate}` asks for {wanted:g} {noun}{names}, but a lead can bring {most:g} at most. "
    "Lower `{number}`, or let the policy give more.": (
        "La puerta `{gate}` pide {wanted:g} {noun}{names}, pero un lead puede reunir "
        "{most:g} como mucho. Baja `{number}`, o da más."
    ),
    "Gate `{gate}` could pass with no certain touch at all, so a weak, unsure or machine "
    "touch alone would make a lead ready. Ask for a `signal`, `engagement` or "
    "`different_signals` too.": (
        "La puerta `{gate}` se podría pasar sin ninguna interacción segura: bastaría una "
        "débil, dudosa o de una máquina. Pide además `signal`, `engagement` o "
        "`different_signals`."
    ),
    "Gate `{gate}` looks back {within}, but {names} counts only the last {longest}. Shorten "
    "this `within`, or lengthen the signal's.": (
        "La puerta `{gate}` mira {within} atrás, pero {names} solo cuenta los últimos "
        "{longest}. Acorta este `within`, o alarga el de la señal."
    ),
    "Gate `{gate}` never decides: whoever passes it passes `{earlier}`, which is asked "
    "first. Move it before `{earlier}`, or delete it.": (
        "La puerta `{gate}` no decide nunca: quien la pasa, pasa antes `{earlier}`. Ponla "
        "delante de `{earlier}`, o bórrala."
    ),
    "No gate can be called `{by_hand}`: that is what the hand-offs of leads are marked by "
    "that a person handed over. Give it another name.": (
        "Ninguna puerta se puede llamar `{by_hand}`: así se marcan los leads que entrega una "
        "persona a mano. Dale otro nombre."
    ),
    "No gate has the tier `{tier}`. Delete it, or give it to a gate.": (
        "Ninguna puerta tiene la urgencia `{tier}`. Bórrala, o dásela a una puerta."
    ),
    "No lead can ever pass gate `{gate}`: it takes {points}, and the criteria that bring "
    "them contradict each other, or what `applies_to` asks.": (
        "Ningún lead puede pasar la puerta `{gate}`: hacen falta {points}, y los criterios "
        "que los dan se contradicen entre sí, o con lo que pide `applies_to`."
    ),
    "No lead can ever pass gate `{gate}`: its conditions contradict each other.": (
        "Ningún lead puede pasar la puerta `{gate}`: sus condiciones se contradicen."
    ),
    "No lead was found that passes gate `{gate}`: its conditions may contradict each other, "
    "or what counts for one signal counts for one that must not be seen.": (
        "No se ha encontrado ningún lead que pase la puerta `{gate}`: puede que sus "
        "condiciones se contradigan, o que lo que cuenta para una señal cuente para otra que "
        "no debe verse."
    ),
    "Nobody becomes ready by gate `{gate}`: it takes {points}, and whoever has them is "
    "excluded by {names}. Let the exclusion ask for more, or give points for something else.": (
        "Nadie llega a estar listo por la puerta `{gate}`: hacen falta {points}, y a quien "
        "los tiene lo excluye {names}. Haz que la exclusión pida más, o da puntos por otra "
        "cosa."
    ),
    "Every lead that was made up to pass gate `{gate}` is excluded. Look at what `exclude` asks.": (
        "Todo lead imaginado para pasar la puerta `{gate}` queda excluido. Mira qué pide `exclude`."
    ),
    "`{name}` is weak, and a gate never sees weak signals. Take it out of gate `{gate}`, or "
    "delete `weak: true` from the signal.": (
        "`{name}` es débil, y una puerta nunca ve señales débiles. Quítala de la puerta "
        "`{gate}`, o borra `weak: true` de la señal."
    ),
    # --- the parts together ---
    "A lead returns after the cool-down of {cool_down} at the earliest, so `after: {after}` "
    "has no effect. Lengthen it.": (
        "Un lead vuelve, como pronto, pasado el descanso de {cool_down}: `after: {after}` no "
        "hace nada. Alárgalo."
    ),
    "A touch counts in both: delete one, or tell them apart by `where`.": (
        "La misma interacción cuenta en las dos: borra una, o distínguelas con `where`."
    ),
    "Both bring points at once: delete one.": "Los dos dan puntos a la vez: borra uno.",
    "One is enough: delete the other.": "Basta con una: borra la otra.",
    "The second can never decide: delete it.": "La segunda no puede decidir nunca: bórrala.",
    "Nobody can tell which of them to give: give them different titles, or delete one.": (
        "Nadie sabría cuál dar: ponles títulos distintos, o borra uno."
    ),
    "asks": "pregunta",
    "is called": "se llama",
    "`{name}` {does} the same as `{twin}`. {fix}": "`{name}` {does} lo mismo que `{twin}`. {fix}",
    "No reason lets sales say that a lead asked not to be contacted. Add one with `effect: "
    "opt_out`.": (
        "Ningún motivo permite decir que un lead pidió que no le contacten. Añade uno con "
        "`effect: opt_out`."
    ),
    "Nobody but owners would ever hear of a late hand-off. Add `manager`, `last_resort` or both.": (
        "De un retraso solo se enteraría el responsable. Añade `manager`, `last_resort` o los dos."
    ),
    "Nobody uses `{signal}`: no gate names it, and none asks for engagement it could add to. "
    "Delete it, or use it in a gate.": (
        "Nadie usa `{signal}`: ninguna puerta la nombra ni pide un interés al que pueda "
        "sumar. Bórrala, o úsala en una puerta."
    ),
    "Nobody uses the list `{name}`. Delete it, or name it by `in_list`.": (
        "Nadie usa la lista `{name}`. Bórrala, o nómbrala con `in_list`."
    ),
    "The first attempt is due ({first_attempt_in}) before the owner has to accept "
    "({accept_in}). Lengthen `first_attempt_in`, or shorten `accept_in`.": (
        "El primer intento vence ({first_attempt_in}) antes de que el responsable tenga que "
        "aceptar ({accept_in}). Alarga `first_attempt_in`, o acorta `accept_in`."
    ),
    "Whoever is `{one}` is `{other}` too, so `{one}` keeps nobody else out. Delete it, or "
    "let it ask for something else.": (
        "Quien es `{one}` es también `{other}`: `{one}` no deja fuera a nadie más. Bórrala, "
        "o haz que pida otra cosa."
    ),
    "`after` goes with `effect: recycle`, not with `{effect}`: delete it.": (
        "`after` va con `effect: recycle`, no con `{effect}`: bórralo."
    ),
    "`response` does not say what sales owes a lead of tier `{tier}`.": (
        "`response` no dice qué debe ventas a un lead con urgencia `{tier}`."
    ),
    "`{criterion}` brings no points, so it changes nothing.": (
        "`{criterion}` no da puntos, así que no cambia nada."
    ),
    "`{length}` counts {hours} hours of working time, which is more than {days} working "
    "days. Write the hours you mean, like `8h`.": (
        "`{length}` son {hours} horas de trabajo, que son más de {days} jornadas. Escribe "
        "las horas que quieres decir, como `8h`."
    ),
    "`{signal}` loses half of its points after {half_life}, but already stops counting after "
    "{within}. Shorten `half_life`, or lengthen `within`.": (
        "`{signal}` pierde la mitad de sus puntos en {half_life}, pero deja de contar ya a "
        "los {within}. Acorta `half_life`, o alarga `within`."
    ),
    "`{step}` ({percent}%) must come after `{before}` ({percent_2}%): the order is {step_names}.": (
        "`{step}` ({percent}%) tiene que ir después de `{before}` ({percent_2}%): el orden "
        "es {step_names}."
    ),
    "These questions contradict each other: no facts answer all of them.": (
        "Estas preguntas se contradicen: ningún dato las cumple todas."
    ),
    "No value was found that answers these questions: they seem to contradict.": (
        "No se ha encontrado ningún valor que cumpla estas preguntas: parecen contradecirse."
    ),
    "{message} Delete or mend one of them.": "{message} Borra o corrige una.",
    # --- whom it is for ---
    "Nobody can have this role: what it asks contradicts itself.": (
        "Nadie puede tener este papel: lo que pide se contradice."
    ),
    "Nobody was found who has this role: its questions seem to contradict.": (
        "No se ha encontrado a nadie con este papel: sus preguntas parecen contradecirse."
    ),
    "Nobody was found whom the policy is for. If no fact with a single value meets this, "
    "join by `any` what may be true alone.": (
        "No se ha encontrado a nadie para quien sea la política. Si ningún dato con un solo "
        "valor lo cumple, une con `any` lo que puede darse por separado."
    ),
    "The policy is for nobody: `{exclusion}` excludes everybody `applies_to` names.": (
        "La política no es para nadie: `{exclusion}` excluye a todos los que nombra `applies_to`."
    ),
    "The policy is for nobody: what `applies_to` asks contradicts itself.": (
        "La política no es para nadie: lo que pide `applies_to` se contradice."
    ),
    "{others} in force is for the same leads: each of the policies can hand such a lead "
    "over. Say by `applies_to` whom each is for, or retire one.": (
        "{others}, en vigor, es para los mismos leads: cualquiera de las políticas puede "
        "entregar uno así. Di con `applies_to` para quién es cada una, o retira una."
    ),
}
