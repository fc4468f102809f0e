package report

func english() map[string]string {
	return map[string]string{
		"title": "Report of the line", "period": "Period", "made": "Made", "zone": "Time zone", "no_data": "no data", "nothing": "nothing in this period",
		"page": "This report tells of the line, not of single operators.", "data": "The figures of the chart are in the table below it.",
		"handled_line": "handled", "immediate_word": "at once", "in_depth_word": "after in-depth work",

		"sheet.requests": "Requests", "sheet.channels": "Requests by channel", "sheet.requests_by_topic": "Requests by topic",
		"sheet.requests_by_language": "Requests by language", "sheet.calls": "Calls and how they ended", "sheet.desk": "The desk",
		"sheet.waits": "Waiting times", "sheet.agcom": "Navigation and waiting time (AGCOM 79/09/CSP)", "sheet.by_hour": "Calls by hour of arrival",
		"sheet.by_day": "Calls by day", "sheet.by_month": "Calls by month", "sheet.by_topic": "Calls by topic", "sheet.by_language": "Calls by language",
		"sheet.by_district": "Calls by telephone district", "sheet.menu": "Where callers leave", "sheet.choices": "Ways through the menu",

		"head.requests": "", "head.channels": "channel", "head.requests_by_topic": "topic", "head.requests_by_language": "language", "head.calls": "outcome",
		"head.desk": "", "head.waits": "waited", "head.agcom": "release, language", "head.by_hour": "hour", "head.by_day": "day", "head.by_month": "month",
		"head.by_topic": "topic", "head.by_language": "language", "head.by_district": "district", "head.menu": "node", "head.choices": "way",

		"column.requests": "requests", "column.share": "share", "column.calls": "calls", "column.figure": "figure", "column.answered": "answered",
		"column.abandoned": "abandoned", "column.navigation": "navigation", "column.wait": "mean wait", "column.within_20": "within 20 s",
		"column.offered": "offered", "column.queued": "queued", "column.abandoned_share": "abandoned %", "column.asa": "ASA", "column.aht": "AHT",
		"column.redirected": "to rescue", "column.visited": "visits", "column.left": "ended here", "column.left_share": "ended here %",
		"column.gave_up": "hung up", "column.gave_up_share": "hung up %", "column.times": "times",

		"row.total": "Requests", "row.handled": "Handled", "row.immediate": "at once", "row.in_depth": "after in-depth work", "row.in_progress": "In progress",
		"row.rescue": "Belonged to the rescue numbers", "row.reopened": "Opened again", "row.overdue": "Past their date",
		"row.phone": "phone", "row.message": "message", "row.web_form": "web form", "row.chat": "chat", "row.e_mail": "e-mail", "row.other": "other",
		"row.offered": "Offered to the line", "row.served": "spoke with an operator", "row.informed": "heard what they chose", "row.redirected": "sent to the rescue number",
		"row.calls.message": "left a message", "row.callback": "asked for a callback", "row.abandoned_menu": "hung up in the menu", "row.abandoned_queue": "hung up waiting",
		"row.turned_away": "turned away (closed, full, nobody)", "row.failed": "failed", "row.up": "in progress",
		"row.queued": "Offered to the desk", "row.answered": "Answered", "row.abandoned_gross": "Abandoned, gross", "row.abandoned_net": "Abandoned, net",
		"row.left_otherwise": "Left the queue otherwise (message, callback, menu)", "row.service_level": "Service level", "row.speed_of_answer": "Mean speed of answer (ASA)",
		"row.time_to_abandon": "Mean time to abandon", "row.handling_time": "Mean handling time (AHT)", "row.occupancy": "Occupancy of operators",
		"row.first_contact": "Settled at first contact (FCR)", "row.without_desk": "Served without the desk (fail open)", "row.all": "all",
		"row.none.by_topic": "(none chosen)", "row.none.by_language": "(unknown)", "row.none.by_district": "(mobile, foreign or withheld)",
		"row.none.requests_by_topic": "(none)", "row.none.requests_by_language": "(unknown)",

		"service_level_note": "Service level: {formula}, T = {threshold}. A: calls that an operator answered, B: calls given up waiting; ≤T: within the threshold.",
		"abandoned_note":     "Abandoned, gross: of all calls offered to the desk. Net: without those who gave up within less than {short}. Who hangs up in the menu was not waiting and is not counted.",
		"speed_note":         "The mean speed of answer is of answered calls only: read it beside the time to abandon.",
		"handling_note":      "Handling time: conversation, hold and wrap-up of calls served.",
		"occupancy_note":     "Occupancy: time in conversation and wrap-up, of the time logged in without pauses.",
		"first_contact_note": "Settled at first contact: calls served whose caller had not called within {days} days before, not in depth, and followed by no further call of the same number within {days} days; of all such first calls. Withheld numbers are left out.",
		"agcom_note":         "Navigation: from the number dialled until the caller can choose an operator, by the proofs of each release, with the line's mean time to answer. Wait: from that choice to the conversation. Yardstick (AGCOM 255/24/CONS): mean wait at most 150 s, at least 40% within 20 s.",
		"menu_note":          "Nodes stand by their names in the book, which stay when keys and texts change. Visits: calls that came there at least once.",
	}
}
