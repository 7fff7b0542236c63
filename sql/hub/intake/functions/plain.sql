-- What may be repeated of what partners write: numbers, and words that name nobody. All else becomes "…".

-- Words are runs of letters, digits, "_" and inner apostrophes. A number of up to "digits" digits stays. Which characters are
-- letters a database of locale C does not know beyond ASCII, so that the ranges stand here.
CREATE FUNCTION intake.known_words(written text, vocabulary text[], digits int) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT regexp_replace(coalesce(string_agg(CASE
			WHEN p.part[1] IS NULL THEN p.part[2]
			WHEN p.part[1] ~ '^[0-9]+$' THEN CASE WHEN length(p.part[1]) <= digits THEN p.part[1] ELSE '…' END
			WHEN lower(p.part[1]) = ANY (vocabulary) THEN p.part[1]
			ELSE '…' END, '' ORDER BY p.place), ''), '…(\W*…)+', '…', 'g')
	FROM regexp_matches(written, '([\w\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ufefe\uff10-\uffef\U00010000-\U0010ffff]+'
		'(?:[\u0027\u2019][\w\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ufefe\uff10-\uffef\U00010000-\U0010ffff]+)*)'
		'|([^\w\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ufefe\uff10-\uffef\U00010000-\U0010ffff]+)', 'g') WITH ORDINALITY p (part, place)
$$;
COMMENT ON FUNCTION intake.known_words(text, text[], int) IS 'a text with every word that is not in the vocabulary, and every longer number, replaced by "…"';

-- An answer where a number or a choice was asked for, as a receipt may repeat it. Dates and long numbers may be a
-- birthday, a telephone or an NHS number.
CREATE FUNCTION intake.plain_answer(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN written ~ '(\d\D{0,2}){9}' THEN '…'
		-- Three numbers in a row are a date, whatever parts them; a year beside a word that was left out may be its rest.
		ELSE regexp_replace(d.kept, CASE WHEN d.kept ~ '…' THEN '\m(19|20)\d\d\M' ELSE '\m\d{3,4}\s+(19|20)\d\d\M' END, '…', 'g') END
	FROM (SELECT intake.known_words(written, '{a,about,above,adult,adults,all,and,approx,approximately,around,as,at,available,average,
		below,between,blank,both,boy,boys,c,ca,caseload,caseload_at_end,caseload_in_period,child,children,circa,collected,count,
		counted,data,dozen,each,eight,eleven,empty,estimate,estimated,exact,families,family,false,female,females,few,five,four,
		girl,girls,half,hundred,in,included,including,is,known,least,less,many,male,males,men,minimum,more,most,multiple,n,na,
		nearly,new,new_referrals,nil,nine,no,nobody,none,not,null,of,on,one,only,or,other,over,parent,parents,pending,people,
		per,percent,person,plus,quarter,recorded,referral,referrals,refused,same,seven,several,six,some,tba,tbc,tbd,ten,than,
		the,three,to,total,true,twelve,twenty,two,under,unknown,unsure,up,week,women,x,y,yes,young,zero}', 5) AS kept) k
	CROSS JOIN LATERAL (SELECT regexp_replace(k.kept, '\d{1,4}(\s*[-./]\s*|\D{1,3})\d{1,2}(\s*[-./]\s*|\D{1,3})\d{1,4}(\s+\d{1,2}:\d{2}(:\d{2})?)?', '…', 'g') AS kept) d
$$;
COMMENT ON FUNCTION intake.plain_answer(text) IS 'an answer to a question for a number or a choice, as it may be repeated: nothing in it can be a name, a date, a reference or a telephone number';

-- The sender should know the file again by it. In PL/pgSQL, which keeps its plans: every file that comes passes here.
CREATE FUNCTION intake.plain_file_name(written text, organisation text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
	ending text := coalesce(lower(substring(written FROM '(?i)\.(csv|docx?|ods|odt|pdf|txt|xlsx?|xlsm|zip)$')), '');
	stem text := regexp_replace(written, '(?i)\.(csv|docx?|ods|odt|pdf|txt|xlsx?|xlsm|zip)$', '');
	words text[] := '{a,amended,and,april,apr,
			august,aug,book,cases,client,clients,contacts,copy,corrected,correction,csv,data,december,dec,demo,document,draft,empty,
			end,engagements,example,february,feb,feedback,file,filled,final,first,for,form,forms,fourth,good,improved,january,jan,july,
			jul,june,jun,large,march,mar,may,measures,monitoring,new,november,nov,october,oct,of,old,one,partnership,proforma,
			programme,q,quarter,quarterly,readings,record,records,referral,referrals,report,resubmission,return,returns,review,
			revised,sample,second,september,sept,sep,sheet,small,star,stars,submission,template,test,the,third,three,to,two,
			update,updated,upload,v,version,vrp,vru,wide,workbook,year}'::text[];
	kept text;
BEGIN
	IF stem ~ '(\d\D{0,2}){9}' THEN
		stem := '…';
	ELSE
		-- "return2" and "Q1_2025" are two words each here.
		stem := regexp_replace(replace(stem, '_', ' '), '([[:alpha:]])(\d)', E'\\1\u200b\\2', 'g');
		kept := intake.known_words(stem, words, 4);
		IF kept LIKE '%…%' THEN
			kept := intake.known_words(stem, words || regexp_split_to_array(lower(coalesce(plain_file_name.organisation, '')), '\W+')
				|| ARRAY(SELECT w.word FROM returns.programme p CROSS JOIN LATERAL regexp_split_to_table(lower(p.programme), '\W+') w (word)
					WHERE p.organisation = plain_file_name.organisation), 4);
		END IF;
		stem := replace(kept, E'\u200b', '');
		-- A year before 2015 or a whole date is more likely a birthday than a quarter.
		stem := regexp_replace(stem, '\m\d{1,4}[-./_ ]\d{1,2}[-./_ ]\d{1,4}\M|\m(1\d\d\d|200\d|201[0-4])\M', '…', 'g');
		stem := regexp_replace(stem, '…(\W*…)+', '…', 'g');
	END IF;
	RETURN stem || CASE WHEN ending <> '' THEN '.' || ending ELSE '' END;
END
$$;
COMMENT ON FUNCTION intake.plain_file_name(text, text) IS 'a file name as it may be kept: words of returns and of the organisation''s programmes, short numbers, and the ending; all else may be a name';
