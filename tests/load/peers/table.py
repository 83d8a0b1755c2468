"""The rows as one table, and under it, once for each peer, what its figures do not say."""

COLUMNS = (
    ("peer", 8, lambda row: row["peer"]),
    ("goal", 4, lambda row: row["goal"] or ""),
    ("items/s", 9, lambda row: number(row["rate_per_s"], 0)),
    ("p50 ms", 8, lambda row: number(row.get("p50_ms"), 1)),
    ("p99 ms", 8, lambda row: number(row.get("p99_ms"), 1)),
    ("client µs", 9, lambda row: number(row.get("cpu_us", {}).get("client"), 0)),
    ("service µs", 10, lambda row: number(row.get("cpu_us", {}).get("service"), 0)),
    ("database µs", 11, lambda row: number(row.get("cpu_us", {}).get("database"), 0)),
    ("MB idle", 7, lambda row: number(row.get("idle_rss_mb"), 0)),
    ("MB", 5, lambda row: number(row.get("rss_mb"), 0)),
    ("ready s", 7, lambda row: number(row.get("ready_s"), 1)),
    ("others", 7, lambda row: percent(row.get("others_percent"))),
    ("stolen", 6, lambda row: percent(row.get("stolen_percent"))),
    ("failed", 6, lambda row: number(row.get("failed"), 0)),
)


def number(value, digits):
    return "–" if value is None else f"{value:,.{digits}f}"


def percent(value):
    return "–" if value is None else f"{value:.0f}%"


def line(cells):
    widths = [width for _, width, _ in COLUMNS]
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def drawn(rows):
    lines = [line([name for name, _, _ in COLUMNS]) + "  work"]
    for row in rows:
        lines.append(line([shown(row) for _, _, shown in COLUMNS]) + f"  {row['work']}")
        if "not_measured" in row:
            lines.append(f"{' ' * 10}NOT MEASURED: {row['not_measured']}")
    lines.append("\nnot comparable:")
    for peer, said in dict.fromkeys((row["peer"], row["not_comparable"]) for row in rows if "not_comparable" in row):
        lines.append(f"  {peer}: {said}")
    lines.append("\ncommands, in target/peers/PEER:")
    for peer, said in dict.fromkeys((row["peer"], tuple(row["commands"])) for row in rows if "commands" in row):
        lines.append(f"  {peer}: {'; '.join(said)}")
    return "\n".join(lines)
