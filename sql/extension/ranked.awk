# Joins the parts of the install script. The first file is the template of types that are kept as ranks; it
# stands in place of each line "-- ranked TYPE VALUES" of the others.
FNR == NR { template = template $0 "\n"; next }
$1 == "--" && $2 == "ranked" {
	text = template
	gsub(/@TYPE@/, $3, text)
	gsub(/@VALUES@/, $4, text)
	printf "%s", text
	next
}
{ print }
