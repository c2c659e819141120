"""What documents say, in German: the English words are the keys."""

GERMAN = {
    # Head and foot
    "Royalty statement": "Tantiemenabrechnung",
    "Statement": "Abrechnung",
    "version": "Fassung",
    "Page": "Seite",
    "of": "von",
    "Inputs, SHA-256": "Eingaben, SHA-256",
    "Lines, SHA-256": "Zeilen, SHA-256",
    "Version {version} takes the place of the one before, with the same amounts: {reason}": (
        "Fassung {version} tritt an die Stelle der vorigen, mit denselben Beträgen: {reason}"
    ),
    "Prepared for": "Erstellt für",
    "Platform": "Plattform",
    "Service": "Dienst",
    "Contract": "Vertrag",
    "Allocation": "Verteilung",
    "Music used": "Nutzung",
    "Accounted in": "Abgerechnet in",
    "Payable for {period}": "Auszuzahlen für {period}",
    "{money} stays on the account and counts towards the next payment.": (
        "{money} bleiben auf dem Konto und zählen zur nächsten Zahlung."
    ),
    "Nothing is paid out this time. The account stands at {money}.": (
        "Diesmal wird nichts ausgezahlt. Das Konto steht bei {money}."
    ),
    "Nothing is paid out and nothing is carried forward.": (
        "Es wird nichts ausgezahlt und nichts vorgetragen."
    ),
    # The balance
    "How the balance moved": "Wie sich der Saldo bewegt hat",
    "Step": "Schritt",
    "Balance": "Saldo",
    "Opening balance": "Anfangssaldo",
    "Balance before payment": "Saldo vor Auszahlung",
    "Payable now": "Jetzt auszuzahlen",
    "Carried forward": "Vortrag",
    "Attributed to your works": "Ihren Werken zugeordnet",
    "From the contract's fallback": "Aus der Auffangregel des Vertrags",
    "Training fee": "Vergütung für das Training",
    "Minimum guarantee": "Mindestgarantie",
    "Payable from earlier statements": "Auszuzahlen aus früheren Abrechnungen",
    "Payable from earlier statements, not yet paid": (
        "Auszuzahlen aus früheren Abrechnungen, noch offen"
    ),
    "Paid out, with what was kept back": "Ausgezahlt, mit dem, was einbehalten wurde",
    "Fee for administration": "Verwaltungsgebühr",
    "Kept in reserve": "In die Rücklage",
    "Reserve that was due": "Fällige Rücklage",
    "Recouped advance": "Verrechneter Vorschuss",
    "Tax withheld": "Einbehaltene Steuer",
    "Paid out": "Ausgezahlt",
    "Came back": "Zurückgekommen",
    # Adjustments
    "What was adjusted, and why": "Was berichtigt wurde, und warum",
    "Adjustment": "Berichtigung",
    "Period": "Zeitraum",
    "Reason": "Grund",
    "Lines": "Zeilen",
    "late usage": "verspätete Nutzung",
    "attributed anew": "neu zugeordnet",
    "changed ownership": "geänderte Rechte",
    "resolved dispute": "geklärter Streit",
    "correction": "Korrektur",
    "held money released": "einbehaltenes Geld freigegeben",
    "booking undone": "Buchung zurückgenommen",
    "A closed period stays as it is; what turns out differently is booked where it is noticed. The "
    "CSV file of this statement lists every line that differs, as it was and as it is.": (
        "Ein abgeschlossener Zeitraum bleibt, wie er ist; was sich anders herausstellt, wird dort "
        "gebucht, wo es auffällt. Die CSV-Datei dieser Abrechnung führt jede Zeile auf, die sich "
        "unterscheidet, wie sie war und wie sie ist."
    ),
    # Works
    "What your works earned": "Was Ihre Werke eingebracht haben",
    "No work of yours earned anything in this period.": (
        "Keines Ihrer Werke hat in diesem Zeitraum etwas eingebracht."
    ),
    "Work": "Werk",
    "Pieces": "Stücke",
    "Uses": "Nutzungen",
    "Estimated share": "Geschätzter Anteil",
    "Attributed": "Zugeordnet",
    "Fallback": "Auffangregel",
    "Earned {currency}": "Ertrag {currency}",
    "no model interval": "kein Modellintervall",
    "The {shown} works that earned most, of {all}. ": (
        "Die {shown} Werke mit dem höchsten Ertrag, von {all}. "
    ),
    "Pieces are generated pieces that the work was found to have shaped, uses are uses of those "
    "pieces, and the share is the mean estimate over them with its interval. The percentage under "
    "an amount is its part of what you earned, as is the bar: first what was attributed, then the "
    "rest. All {lines} lines, over {pieces} pieces, are in the CSV file of this statement.": (
        "Stücke sind generierte Stücke, die nach der Messung von dem Werk geprägt sind, Nutzungen "
        "die Nutzungen dieser Stücke, und der Anteil ist die mittlere Schätzung über sie mit ihrem "
        "Intervall. Der Prozentsatz unter einem Betrag ist sein Teil an Ihrem Ertrag, ebenso der "
        "Balken: erst das Zugeordnete, dann der Rest. Alle {lines} Zeilen, über {pieces} Stücke, "
        "stehen in der CSV-Datei dieser Abrechnung."
    ),
    "Amounts are shown to {decimals} decimals and may differ from their sum in the last one; the "
    "CSV file holds them exactly.": (
        "Beträge sind auf {decimals} Stellen gezeigt und können in der letzten von ihrer Summe "
        "abweichen; die CSV-Datei enthält sie genau."
    ),
    # How it came about
    "How these figures came about": "Wie diese Zahlen zustande kommen",
    "The pool.": "Der Topf.",
    "The pool that this statement shares in is {money}.": (
        "Der Topf, an dem diese Abrechnung teilhat, beträgt {money}."
    ),
    "The shares.": "Die Anteile.",
    "For every generated piece, the model that made it is measured to estimate which of the "
    "recordings or scores it learned from shaped that piece, and how strongly. An estimated share "
    "is such a measurement with an uncertainty, which the interval states. It describes the model, "
    "and does not say that a piece copies a work.": (
        "Für jedes generierte Stück wird an dem Modell, das es gemacht hat, gemessen, welche der "
        "Aufnahmen oder Noten, aus denen es gelernt hat, das Stück geprägt haben, und wie stark. "
        "Ein geschätzter Anteil ist eine solche Messung mit einer Unsicherheit, die das Intervall "
        "angibt. Er beschreibt das Modell und sagt nicht, dass ein Stück ein Werk kopiert."
    ),
    "The rest.": "Der Rest.",
    "The rounding.": "Die Rundung.",
    "Amounts are kept far below the smallest coin and every split adds up exactly. Only a payment "
    "is rounded, and what it leaves stays on your account.": (
        "Beträge werden weit unter der kleinsten Münze geführt, und jede Teilung geht genau auf. "
        "Nur eine Zahlung wird gerundet, und was sie übrig lässt, bleibt auf Ihrem Konto."
    ),
    "Method: {method}. Attribution run: {run}.": "Methode: {method}. Zuordnungslauf: {run}.",
    "Some characters of a name or title cannot be printed here; the CSV file holds them all.": (
        "Einige Zeichen eines Namens oder Titels lassen sich hier nicht drucken; die CSV-Datei "
        "enthält sie alle."
    ),
}
